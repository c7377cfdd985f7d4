import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { connect, serve, type Declarations, type MessagePortLike } from './channel.ts';
import { OrthantError } from './errors.ts';

const calls = {
  add: { request: z.strictObject({ a: z.number(), b: z.number().default(1) }), answer: z.number(), errors: [] },
  wait: { request: z.strictObject({}), answer: z.strictObject({}), errors: [] },
  fail: { request: z.strictObject({ how: z.string() }), answer: z.strictObject({}), errors: ['data'] },
  lie: { request: z.strictObject({}), answer: z.string(), errors: [] },
} as const satisfies Declarations;

type Copy = (message: unknown) => unknown;
const clone: Copy = (message) => structuredClone(message);
const json: Copy = (message) => JSON.parse(JSON.stringify(message)) as unknown;

/** Two ends of a port whose messages arrive later and as copies, as between processes. */
function portPair(copy: Copy) {
  const ends: { message?: (message: unknown) => void; close?: (reason: string) => void }[] = [{}, {}];
  let open = true;
  const end = (own: number): MessagePortLike => ({
    send: (message) => {
      if (!open) throw new Error('the port is closed');
      const copied = copy(message);
      setImmediate(() => {
        if (open) ends[1 - own]!.message?.(copied);
      });
    },
    onMessage: (listener) => (ends[own]!.message = listener),
    onClose: (listener) => (ends[own]!.close = listener),
  });
  return {
    client: end(0),
    server: end(1),
    close: (reason: string) => {
      open = false;
      for (const each of ends) each.close?.(reason);
    },
    deliver: (message: unknown) => {
      ends[1]!.message?.(message);
    },
  };
}

function setUp(copy: Copy = clone) {
  const port = portPair(copy);
  const aborted = vi.fn();
  const add = vi.fn(({ a, b }: { a: number; b: number }) => a + b);
  const served = serve(port.server, calls, {
    add,
    wait: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted();
          reject(new Error('cancelled'));
        });
      }),
    fail: ({ how }) => {
      if (how === 'own') throw new OrthantError('data', 'Row 7 is bad.', { field: 'data.source' });
      if (how === 'undeclared') throw new OrthantError('run', 'The run is gone.', { field: 'run' });
      throw new TypeError('x is not a function');
    },
    lie: () => 7 as never,
  });
  return { port, client: connect(port.client, calls), served, add, aborted };
}

const failure = async (promise: Promise<unknown>): Promise<OrthantError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OrthantError);
  return error as OrthantError;
};

describe.each([
  ['structured clone', clone],
  ['JSON', json],
])('over %s', (_, copy) => {
  test('answers calls, fills in defaults, and does not mix up concurrent calls', async () => {
    const { client } = setUp(copy);
    expect(await client.call('add', { a: 1 })).toBe(2);
    const sums = await Promise.all(Array.from({ length: 50 }, (_, i) => client.call('add', { a: i, b: i })));
    expect(sums).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i));
  });

  test('errors arrive as code, message and field', async () => {
    const { client } = setUp(copy);
    expect(await failure(client.call('fail', { how: 'own' }))).toMatchObject({
      code: 'data',
      message: 'Row 7 is bad.',
      field: 'data.source',
    });
    const defect = await failure(client.call('fail', { how: 'other' }));
    expect(defect.code).toBe('internal');
    expect(defect.message).toContain('x is not a function');
    expect(defect.stack).toContain('channel.test.ts');
    expect(await failure(client.call('fail', { how: 'undeclared' }))).toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/^The run is gone\. \(.*"run".*report it/) as string,
      field: 'run',
    });
  });

  test('events reach every listener until it unsubscribes', async () => {
    const { client, served } = setUp(copy);
    const [first, second] = [vi.fn(), vi.fn()];
    const end = client.subscribe(first);
    client.subscribe(second);
    served.emit({ event: 'one' });
    await client.call('add', { a: 1 });
    end();
    served.emit({ event: 'two' });
    await client.call('add', { a: 1 });
    expect(first.mock.calls).toEqual([[{ event: 'one' }]]);
    expect(second.mock.calls).toEqual([[{ event: 'one' }], [{ event: 'two' }]]);
  });
});

test('bad input never reaches a handler and names the field', async () => {
  const { client, add } = setUp();
  const valid = (value: unknown): boolean => calls.add.request.safeParse(value).success;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.jsonValue(), fc.record({ a: fc.jsonValue(), b: fc.jsonValue() })).filter((value) => !valid(value)),
      async (request) => {
        const error = await failure(client.call('add', request as never));
        expect(error.code).toBe('usage');
      },
    ),
    { numRuns: 100 },
  );
  expect(add).not.toHaveBeenCalled();
  expect(await failure(client.call('add', { a: 'x' } as never))).toMatchObject({ field: 'a' });
});

test('unknown calls are refused, including names of properties that every object has', async () => {
  const { client } = setUp();
  for (const name of ['subtract', 'constructor', '__proto__', 'toString']) {
    expect((await failure(client.call(name as 'add', { a: 1 }))).message).toContain(`no call named "${name}"`);
  }
});

test('unknown messages are ignored', async () => {
  const { client, port, add } = setUp();
  for (const message of [
    null,
    7,
    'x',
    {},
    { kind: 'call' },
    { kind: 'call', id: 'x', name: 'add' },
    { kind: 'cancel', id: 99 },
  ]) {
    port.deliver(message);
  }
  expect(await client.call('add', { a: 1 })).toBe(2);
  expect(add).toHaveBeenCalledTimes(1);
});

test('an answer that is not as declared is an error', async () => {
  const { client } = setUp();
  expect(await failure(client.call('lie', {}))).toMatchObject({
    code: 'internal',
    message: expect.stringContaining('"lie"') as string,
  });
});

test('an answer that cannot be copied is reported to the caller', async () => {
  const port = portPair(clone);
  serve(port.server, calls, { add: () => (() => 1) as never });
  expect((await failure(connect(port.client, calls).call('add', { a: 1 }))).code).toBe('internal');
});

test('cancelling rejects at once and aborts the handler', async () => {
  const { client, aborted } = setUp();
  const controller = new AbortController();
  const call = client.call('wait', {}, { signal: controller.signal });
  await client.call('add', { a: 1 });
  controller.abort();
  expect((await failure(call)).code).toBe('cancelled');
  await client.call('add', { a: 1 });
  expect(aborted).toHaveBeenCalledTimes(1);
  expect((await failure(client.call('add', { a: 1 }, { signal: controller.signal }))).code).toBe('cancelled');
});

test('when the other side ends, waiting and later calls fail with the reason, and handlers are aborted', async () => {
  const { client, port, aborted, served } = setUp();
  const call = client.call('wait', {});
  await client.call('add', { a: 1 });
  port.close('The engine ended: signal SIGKILL.');
  expect(await failure(call)).toMatchObject({ code: 'crashed', message: 'The engine ended: signal SIGKILL.' });
  expect((await failure(client.call('add', { a: 1 }))).code).toBe('crashed');
  expect(aborted).toHaveBeenCalledTimes(1);
  expect(() => {
    served.emit({ event: 'late' });
  }).not.toThrow();
});

test('a call that cannot be sent fails', async () => {
  const { client } = setUp();
  expect((await failure(client.call('add', { a: (() => 1) as never }))).code).toBe('crashed');
});
