import { z } from 'zod';
import { methodSettings } from '../contract/configuration.ts';
import { describeSettings } from '../contract/describeSettings.ts';
import { OrthantError, parseOrThrow } from '../contract/errors.ts';
import type { MethodDescriptor } from '../contract/methodDescriptor.ts';
import { didYouMean } from '../base/nearest.ts';
import { augmentedLagrangian } from './augmentedLagrangian.ts';
import { dualAscent } from './dualAscent.ts';
import type { ConstraintMethod } from './method.ts';
import { none } from './none.ts';
import { nonNegativeLastLayer } from './nonNegativeLastLayer.ts';
import { outputTransform } from './outputTransform.ts';
import { penalty } from './penalty.ts';
import { positiveParameters } from './positiveParameters.ts';
import { slackLagrangian } from './slackLagrangian.ts';

/** All methods, in display order: the strongest promise first, and of equal ones the method that fits most. A new method is a file in this folder and a line here. */
const methods = [
  nonNegativeLastLayer,
  outputTransform,
  positiveParameters,
  augmentedLagrangian,
  dualAscent,
  slackLagrangian,
  penalty,
  none,
] as const;

export type MethodId = (typeof methods)[number]['id'];
export const constraintMethods: readonly ConstraintMethod[] = methods;

/**
 * The method with this id.
 *
 * @throws OrthantError `configuration` that lists the methods and suggests the nearest name
 */
export function getMethod(id: string): ConstraintMethod {
  const method = constraintMethods.find((candidate) => candidate.id === id);
  if (method !== undefined) return method;
  const ids = constraintMethods.map((candidate) => candidate.id);
  throw new OrthantError(
    'configuration',
    `There is no method "${id}".${didYouMean(id, ids)} There are: ${ids.join(', ')}.`,
    { field: 'constraint.method.id' },
  );
}

const field = methodSettings.path;

/** Refuses settings that the method does not have, and suggests the nearest name. */
function refuseUnknown(method: ConstraintMethod, settings: Record<string, unknown>, known: readonly string[]): void {
  const unknown = Object.keys(settings).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const has = known.length === 0 ? 'It has none.' : `It has: ${known.join(', ')}.`;
  throw new OrthantError(
    'configuration',
    `The method "${method.id}" has no setting "${unknown}".${didYouMean(unknown, known)} ${has}`,
    { field: `${field}.${unknown}` },
  );
}

function parseSettings<Schema extends z.ZodObject>(
  method: ConstraintMethod,
  schema: Schema,
  settings: Record<string, unknown>,
): z.output<Schema> {
  refuseUnknown(method, settings, Object.keys(schema.shape));
  try {
    return parseOrThrow(schema, settings, `The setting of the method "${method.id}"`, 'configuration');
  } catch (error) {
    if (!(error instanceof OrthantError) || error.field === undefined) throw error;
    throw new OrthantError(error.code, error.message, { field: `${field}.${error.field}`, cause: error });
  }
}

/**
 * Checks a configuration's settings for a method and fills in the defaults.
 *
 * @throws OrthantError `configuration` with the wrong setting
 */
export function parseMethodSettings(id: string, settings: Record<string, unknown>): Record<string, unknown> {
  const method = getMethod(id);
  return parseSettings(method, method.settings, settings);
}

/** Names of the settings that the user may change while a run is paused. */
export function changeableSettings(method: ConstraintMethod): string[] {
  return Object.entries(method.settings.shape)
    .filter(([, schema]) => (schema as z.ZodType).meta()?.changeable === true)
    .map(([name]) => name);
}

/**
 * Checks the settings to change in a paused run; settings that are left out keep their values.
 *
 * @throws OrthantError `configuration` with the wrong setting, also for a setting that cannot change in a run
 */
export function parseMethodChange(id: string, change: Record<string, unknown>): Record<string, unknown> {
  const method = getMethod(id);
  refuseUnknown(method, change, Object.keys(method.settings.shape));
  const changeable = changeableSettings(method);
  const fixed = Object.keys(change).find((name) => !changeable.includes(name));
  if (fixed !== undefined) {
    throw new OrthantError(
      'configuration',
      `The setting "${fixed}" of the method "${id}" cannot change during a run. ${changeable.length === 0 ? 'None of its settings can' : `These can: ${changeable.join(', ')}`}. Start a new run with it.`,
      { field: `${field}.${fixed}` },
    );
  }
  // Defaults would change settings that the caller did not name, so only the named ones are taken from the parsed
  // result.
  const parsed = parseSettings(method, method.settings, change);
  return Object.fromEntries(Object.keys(change).map((name) => [name, parsed[name]]));
}

/** A method as plain data. */
function describeMethod(method: ConstraintMethod): MethodDescriptor {
  const curve = method.curve?.(method.settings.parse({}));
  return {
    id: method.id,
    title: method.title,
    summary: method.summary,
    promise: method.promise,
    promiseText: method.promiseText,
    formula: method.formula,
    source: method.source,
    settings: z.toJSONSchema(method.settings, { io: 'input' }),
    fields: describeSettings(method.settings, methodSettings.path, methodSettings.flag),
    preconditions: [...method.preconditions],
    ...(curve === undefined ? {} : { curve }),
  };
}

/** All methods as plain data: the answer to the engine's call `methods`. */
export const describeMethods = (): MethodDescriptor[] => constraintMethods.map(describeMethod);
