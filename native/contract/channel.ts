import { z } from 'zod';
import {
  cancelled,
  commonErrors,
  errorMessageSchema,
  fromErrorMessage,
  OrthantError,
  parseOrThrow,
  toErrorMessage,
  type ErrorCode,
  type ErrorMessage,
} from './errors.ts';

/**
 * Calls, events and cancellation over any transport of messages: a child process, Electron's message port, a WebSocket.
 * Requests are parsed before a handler sees them; errors arrive as code, message and field; an aborted call aborts its
 * handler.
 */

/** The interface of a transport. Messages are plain data that survive structured clone and JSON. */
export interface MessagePortLike {
  send(message: unknown): void;
  /** Calls `listener` for every message; at most one listener. */
  onMessage(listener: (message: unknown) => void): void;
  /** Calls `listener` once with the reason when the other side is gone. */
  onClose(listener: (reason: string) => void): void;
}

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), id: z.int(), name: z.string(), request: z.unknown() }),
  z.object({ kind: z.literal('cancel'), id: z.int() }),
  z.object({ kind: z.literal('answer'), id: z.int(), answer: z.unknown() }),
  z.object({ kind: z.literal('error'), id: z.int(), error: errorMessageSchema }),
  z.object({ kind: z.literal('event'), event: z.unknown() }),
]);
type Message = z.infer<typeof messageSchema>;

/** A table of calls: the request, the answer and the errors of each; the common errors are always possible. */
export type Declarations = Record<
  string,
  { readonly request: z.ZodType; readonly answer: z.ZodType; readonly errors: readonly ErrorCode[] }
>;

export interface CallContext {
  /** Aborted when the caller cancels or goes away. */
  readonly signal: AbortSignal;
}

export type Handlers<Calls extends Declarations> = {
  readonly [Name in keyof Calls]: (
    request: z.output<Calls[Name]['request']>,
    context: CallContext,
  ) => z.input<Calls[Name]['answer']> | Promise<z.input<Calls[Name]['answer']>>;
};

export interface Served {
  /** Sends an event to the other side. */
  emit(event: unknown): void;
}

/**
 * Answers the calls of `declarations` that `handlers` has.
 *
 * @param port - the transport; unknown messages are ignored
 * @param declarations - name, request schema, answer schema and errors of each call
 */
export function serve<Calls extends Declarations>(
  port: MessagePortLike,
  declarations: Calls,
  handlers: Partial<Handlers<Calls>>,
): Served {
  const running = new Map<number, AbortController>();

  const send = (message: Message): void => {
    try {
      port.send(message);
    } catch (error) {
      // Report an answer that cannot be cloned; a closed port has no listener.
      if (message.kind !== 'answer') return;
      send({ kind: 'error', id: message.id, error: toErrorMessage(error) });
    }
  };

  const answer = async (id: number, name: string, request: unknown): Promise<void> => {
    const abort = new AbortController();
    running.set(id, abort);
    const declaration = Object.hasOwn(declarations, name) ? declarations[name] : undefined;
    try {
      const handler = declaration === undefined ? undefined : handlers[name as keyof Calls];
      if (declaration === undefined || handler === undefined) {
        throw new OrthantError('usage', `This process has no call named "${name}".`);
      }
      const parsed = parseOrThrow(declaration.request, request, `The request of "${name}"`);
      const result = await handler(parsed as never, { signal: abort.signal });
      send({ kind: 'answer', id, answer: result });
    } catch (error) {
      const reported = toErrorMessage(abort.signal.aborted ? cancelled() : error);
      send({ kind: 'error', id, error: asDeclared(reported, declaration?.errors ?? []) });
    } finally {
      running.delete(id);
    }
  };

  port.onMessage((raw) => {
    const message = messageSchema.safeParse(raw);
    if (!message.success) return;
    if (message.data.kind === 'call') void answer(message.data.id, message.data.name, message.data.request);
    else if (message.data.kind === 'cancel') running.get(message.data.id)?.abort();
  });
  port.onClose(() => {
    for (const abort of running.values()) abort.abort();
  });

  return {
    emit: (event) => {
      send({ kind: 'event', event });
    },
  };
}

/** An error that its call does not declare is a defect, because no caller is prepared for it. Its text is kept. */
function asDeclared(error: ErrorMessage, declared: readonly ErrorCode[]): ErrorMessage {
  if (commonErrors.includes(error.code) || declared.includes(error.code)) return error;
  const remark = `(An error of the kind "${error.code}" was not expected here; please report it.)`;
  return { ...error, code: 'internal', message: `${error.message} ${remark}` };
}

export interface Client<Calls extends Declarations> {
  /**
   * Makes one call.
   *
   * @throws OrthantError as the handler threw it; `cancelled` when `signal` aborts; `crashed` when the other side ends
   */
  call<Name extends keyof Calls & string>(
    name: Name,
    request: z.input<Calls[Name]['request']>,
    options?: { signal?: AbortSignal },
  ): Promise<z.output<Calls[Name]['answer']>>;
  /** Calls `listener` for every event; the returned function unsubscribes. */
  subscribe(listener: (event: unknown) => void): () => void;
}

/** The calling side of {@link serve}. Answers are parsed too: both sides may be of different versions. */
export function connect<Calls extends Declarations>(port: MessagePortLike, declarations: Calls): Client<Calls> {
  const waiting = new Map<
    number,
    { name: string; resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  const listeners = new Set<(event: unknown) => void>();
  let next = 1;
  let closed: string | undefined;

  port.onMessage((raw) => {
    const message = messageSchema.safeParse(raw);
    if (!message.success) return;
    const { data } = message;
    if (data.kind === 'event') {
      for (const listener of listeners) listener(data.event);
      return;
    }
    if (data.kind !== 'answer' && data.kind !== 'error') return;
    const call = waiting.get(data.id);
    if (call === undefined) return;
    waiting.delete(data.id);
    if (data.kind === 'error') {
      call.reject(fromErrorMessage(data.error));
      return;
    }
    try {
      const declaration = declarations[call.name];
      call.resolve(
        declaration === undefined
          ? data.answer
          : parseOrThrow(declaration.answer, data.answer, `The answer of "${call.name}"`, 'internal'),
      );
    } catch (error) {
      call.reject(error as Error);
    }
  });
  port.onClose((reason) => {
    closed = reason;
    for (const call of waiting.values()) call.reject(new OrthantError('crashed', reason));
    waiting.clear();
  });

  return {
    call: (name, request, options = {}) =>
      new Promise((resolve, reject) => {
        const { signal } = options;
        if (closed !== undefined) {
          reject(new OrthantError('crashed', closed));
          return;
        }
        if (signal?.aborted === true) {
          reject(cancelled());
          return;
        }
        const id = next++;
        const cancel = (): void => {
          if (!waiting.delete(id)) return;
          reject(cancelled());
          port.send({ kind: 'cancel', id } satisfies Message);
        };
        signal?.addEventListener('abort', cancel, { once: true });
        const settled = (): void => {
          signal?.removeEventListener('abort', cancel);
        };
        waiting.set(id, {
          name,
          resolve: (value) => {
            settled();
            resolve(value as never);
          },
          reject: (error) => {
            settled();
            reject(error);
          },
        });
        try {
          port.send({ kind: 'call', id, name, request } satisfies Message);
        } catch (error) {
          waiting.get(id)?.reject(new OrthantError('crashed', `"${name}" could not be sent.`, { cause: error }));
          waiting.delete(id);
        }
      }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
