import { expect, it } from 'vitest';
import { z } from 'zod';
import type { DataSource } from '../../native/contract/configuration.ts';
import { engineCalls } from '../../native/contract/engine.ts';
import { requiredAccess } from './permissions.ts';

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}
const names = ['path', 'run', 'binned', 'model', 'out', 'file', 'folder'];

/** Dotted names of the fields of requests that name a file or a folder. */
function placesIn(schema: JsonSchema, above: readonly string[] = []): string[] {
  const variants = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((each) => placesIn(each, above));
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => [
    ...(names.includes(name) && each.properties === undefined ? [[...above, name].join('.')] : []),
    ...placesIn(each, [...above, name]),
  ]);
  return [...variants, ...fields];
}

it('covers every field of a request to the engine that names a file or a folder', () => {
  const places = Object.values(engineCalls).flatMap(({ request }) =>
    placesIn(z.toJSONSchema(request, { io: 'input', reused: 'inline' }) as JsonSchema),
  );
  const source: DataSource = { kind: 'file', path: '/a.csv' };
  const known = requiredAccess({
    out: '/out',
    run: '/run',
    binned: '/binned',
    model: '/model',
    source,
    data: { source },
    configuration: { data: { source } },
    table: { source },
  });
  expect([...new Set(places)].toSorted()).toEqual(known.map(({ field }) => field).toSorted());
});
