import path from 'node:path';
import type { Handlers } from '../../native/contract/channel.ts';
import type { EngineEvent } from '../../native/contract/engine.ts';
import type { WindowCalls } from '../../native/contract/window.ts';

/**
 * Names uploaded files in messages. Each upload lies in its own folder below one of the host's, whose path means nothing
 * to the user: messages show such a file by its name alone.
 */
export class UploadNames {
  readonly #folders: RegExp;

  /** @param uploads - the folder of uploads */
  constructor(uploads: string) {
    const below = (uploads + path.sep).replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    this.#folders = new RegExp(String.raw`${below}[^\\/]+[\\/]`, 'g');
  }

  in(message: string): string {
    return message.replace(this.#folders, '');
  }

  inEvent(event: EngineEvent): EngineEvent {
    if (event.event === 'failed') return { ...event, error: { ...event.error, message: this.in(event.error.message) } };
    if (event.event === 'warning')
      return { ...event, warning: { ...event.warning, message: this.in(event.warning.message) } };
    return event;
  }

  /** The same handlers, with the names of uploaded files in their errors. */
  inErrorsOf(handlers: Handlers<WindowCalls>): Handlers<WindowCalls> {
    const named = Object.entries(handlers as Record<string, (...given: unknown[]) => unknown>).map(
      ([name, handler]) =>
        [
          name,
          async (...given: unknown[]) => {
            try {
              return await handler(...given);
            } catch (error) {
              if (error instanceof Error) error.message = this.in(error.message);
              throw error;
            }
          },
        ] as const,
    );
    return Object.fromEntries(named) as unknown as Handlers<WindowCalls>;
  }
}
