import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A connection between a browser and a host that can break, as an SSH tunnel can. */
export class Line {
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  #broken = false;

  private constructor(host: number) {
    this.#server = createServer((near) => {
      if (this.#broken) {
        near.destroy();
        return;
      }
      const far = connect(host, '127.0.0.1');
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#ends.add(end);
        end.pipe(other);
        end.on('error', () => undefined);
        end.on('close', () => {
          this.#ends.delete(end);
          other.destroy();
        });
      }
    });
  }

  /** @param host - the host's port on this computer */
  static async to(host: number): Promise<Line> {
    const line = new Line(host);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks all connections, and refuses new ones. */
  cut(): void {
    this.#broken = true;
    for (const end of this.#ends) end.destroy();
  }

  mend(): void {
    this.#broken = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
