import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Activation } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { methodDescriptorSchema } from '../contract/methodDescriptor.ts';
import {
  changeableSettings,
  constraintMethods,
  describeMethods,
  getMethod,
  parseMethodChange,
  parseMethodSettings,
} from './registry.ts';

const descriptors = describeMethods();

/** The error that a call throws. */
function errorOf(call: () => unknown): OrthantError {
  try {
    call();
  } catch (error) {
    if (error instanceof OrthantError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('every file of this folder that defines a method is listed, once', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (file) =>
      file.endsWith('.ts') &&
      !file.endsWith('.test.ts') &&
      readFileSync(path.join(import.meta.dirname, file), 'utf8').includes('= defineMethod('),
  );
  expect(files.length).toBeGreaterThan(0);
  expect(new Set(constraintMethods.map(({ id }) => id)).size).toBe(files.length);
  expect(constraintMethods.length).toBe(files.length);
});

test.each(descriptors)('$id is described by plain data from which a form can be made', (descriptor) => {
  expect(methodDescriptorSchema.parse(structuredClone(descriptor))).toEqual(descriptor);
  const settings = descriptor.settings as {
    type: string;
    additionalProperties: boolean;
    required?: string[];
    properties: Record<string, Record<string, unknown>>;
  };
  expect(settings).toMatchObject({ type: 'object', additionalProperties: false });
  expect(settings.required ?? []).toEqual([]);
  for (const [name, property] of Object.entries(settings.properties)) {
    expect(property, name).toHaveProperty('title');
    expect(String(property.description).length, name).toBeGreaterThan(20);
    expect(property.default, name).toBeDefined();
    if (property.type === 'number') {
      expect(property.minimum ?? property.exclusiveMinimum, name).toBeTypeOf('number');
      expect(property.maximum, name).toBeTypeOf('number');
    } else if (property.type === 'string') expect(property.enum, name).toContain(property.default);
    else expect(property.type, name).toBe('boolean');
  }
  // The JSON Schema's defaults are valid settings, and equal the result of giving no settings.
  const defaults = Object.fromEntries(
    Object.entries(settings.properties).map(([name, property]) => [name, property.default]),
  );
  expect(parseMethodSettings(descriptor.id, {})).toEqual(defaults);
  expect(parseMethodSettings(descriptor.id, defaults)).toEqual(defaults);
});

test.each(descriptors)('$id has a formula whose LaTeX groups close', ({ formula }) => {
  let depth = 0;
  for (const [token] of formula.matchAll(/\\[{}]|[{}]/g)) {
    if (token === '{') depth++;
    if (token === '}') depth--;
    expect(depth).toBeGreaterThanOrEqual(0);
  }
  expect(depth).toBe(0);
  expect((formula.match(/\\left(?![a-z])/g) ?? []).length).toBe((formula.match(/\\right(?![a-z])/g) ?? []).length);
  expect(formula).not.toMatch(/[^\x20-\x7e]/);
});

test.each(descriptors.filter(({ curve }) => curve))('$id has a curve of finite numbers', ({ curve }) => {
  expect(curve!.x.length).toBe(curve!.y.length);
  expect([...curve!.x, ...curve!.y].every(Number.isFinite)).toBe(true);
  expect(Math.max(...curve!.y)).toBeGreaterThan(Math.min(...curve!.y));
});

test('every penalty and multiplier method has a margin, 0.02 unless set, that may change in a run', () => {
  for (const id of ['penalty', 'slack-lagrangian', 'dual-ascent', 'augmented-lagrangian']) {
    expect(parseMethodSettings(id, {}).margin).toBe(0.02);
    expect(changeableSettings(getMethod(id))).toContain('margin');
  }
});

test('an unknown method is refused with the nearest name and the list', () => {
  const error = errorOf(() => getMethod('augmented-lagrangien'));
  expect(error.code).toBe('configuration');
  expect(error.field).toBe('constraint.method.id');
  expect(error.message).toContain('Did you mean "augmented-lagrangian"?');
  expect(error.message).toContain('non-negative-last-layer');
  expect(errorOf(() => getMethod('xyz')).message).not.toContain('Did you mean');
});

test('wrong settings are refused by name', () => {
  const unknown = errorOf(() => parseMethodSettings('penalty', { alhpa: 3 }));
  expect(unknown.message).toContain('no setting "alhpa". Did you mean "alpha"?');
  expect(unknown.field).toBe('constraint.method.settings.alhpa');
  expect(errorOf(() => parseMethodSettings('none', { alpha: 1 })).message).toContain('It has none');
  const range = errorOf(() => parseMethodSettings('penalty', { alpha: -1 }));
  expect(range.code).toBe('configuration');
  expect(range.field).toBe('constraint.method.settings.alpha');
  expect(errorOf(() => parseMethodSettings('output-transform', { transform: 'sinus' })).message).toContain('softplus');
  expect(() => parseMethodSettings('penalty', { alpha: Number.NaN })).toThrow(OrthantError);
});

test('a change contains only settings that may change, and no defaults', () => {
  expect(parseMethodChange('penalty', { alpha: 50 })).toEqual({ alpha: 50 });
  expect(parseMethodChange('penalty', {})).toEqual({});
  expect(errorOf(() => parseMethodChange('penalty', { schedule: 'fixed' })).message).toContain(
    'These can: alpha, margin',
  );
  expect(errorOf(() => parseMethodChange('output-transform', { transform: 'exp' })).message).toContain('None of its');
  expect(errorOf(() => parseMethodChange('penalty', { alpha: 0 })).field).toBe('constraint.method.settings.alpha');
  expect(errorOf(() => parseMethodChange('penalty', { alhpa: 1 })).message).toContain('Did you mean "alpha"?');
});

test('methods of non-negative weights check what they need', () => {
  const networkOf = (hidden: number[], activation: Activation | Activation[] = 'relu') => ({
    hidden,
    activation,
    initialiser: 'he-uniform' as const,
  });
  for (const id of ['non-negative-last-layer', 'positive-parameters']) {
    const method = getMethod(id);
    expect(errorOf(() => method.check({ by: 'projection' }, networkOf([]))).field).toBe('network.hidden');
    for (const activation of ['leaky-relu', 'gelu', 'none'] as const) {
      const error = errorOf(() => method.check({ by: 'projection' }, networkOf([8, 8], activation)));
      expect(error.field).toBe('network.activation');
      expect(error.message).toContain('Choose relu, elu, tanh, sigmoid or softplus for it');
    }
    expect(errorOf(() => method.check({ by: 'projection' }, networkOf([8, 8], ['relu', 'gelu']))).code).toBe(
      'configuration',
    );
    expect(() => method.check({ by: 'projection' }, networkOf([8, 8], ['relu', 'tanh']))).not.toThrow();
  }
  const method = getMethod('non-negative-last-layer');
  expect(method.check({ by: 'projection' }, networkOf([8, 8]))).toEqual([]);
  expect(method.check({ by: 'projection' }, networkOf([8]))[0]!.message).toContain('convex');
  expect(method.check({ by: 'projection' }, networkOf([8], 'elu'))[0]!.message).toContain('convex');
  for (const activation of ['sigmoid', 'tanh'] as const)
    expect(method.check({ by: 'projection' }, networkOf([8], activation))).toEqual([]);
  const monotone = getMethod('positive-parameters');
  expect(monotone.check({ by: 'projection' }, networkOf([8, 8]))[0]!.message).toContain('monotone');
  const falls = errorOf(() => monotone.check({ by: 'projection' }, networkOf([8, 8], ['gelu', 'relu'])));
  expect([falls.field, falls.message.includes('"gelu" falls')]).toEqual(['network.activation', true]);
  expect(() => method.check({ by: 'projection' }, networkOf([8, 8], ['gelu', 'relu']))).not.toThrow();
});
