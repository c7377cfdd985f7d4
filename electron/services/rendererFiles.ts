import { readdirSync } from 'node:fs';
import path from 'node:path';

export interface RendererFile {
  /** Absolute path. */
  readonly file: string;
  readonly type: string;
  /** Whether the name changes with the content, so that the file may be cached for ever. */
  readonly immutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
};

/**
 * The built files of the window, by the path of their address. Only files from a listing of the folder are served, so no
 * spelling of an address reaches outside of it; links are not followed, and files of other types are left out.
 */
export class RendererFiles {
  readonly #root: string;
  #files: Map<string, RendererFile>;

  /** @param root - the folder of the built window */
  constructor(root: string) {
    this.#root = root;
    this.#files = list(root);
  }

  /**
   * The file of an address, if there is one.
   *
   * @param pathname - as URL gives it: it begins with a slash and is percent-encoded
   */
  find(pathname: string): RendererFile | undefined {
    const key = decode(pathname);
    if (key === undefined) return undefined;
    const found = this.#files.get(key);
    if (found !== undefined) return found;
    // Rebuilt while the host runs, as during development.
    this.#files = list(this.#root);
    return this.#files.get(key);
  }
}

function decode(pathname: string): string | undefined {
  try {
    const decoded = decodeURIComponent(pathname);
    return decoded === '/' ? '/index.html' : decoded;
  } catch {
    return undefined;
  }
}

function list(root: string): Map<string, RendererFile> {
  const files = new Map<string, RendererFile>();
  const visit = (folder: string, address: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(file, `${address}${entry.name}/`);
      const type = types[path.extname(entry.name).toLowerCase()];
      if (!entry.isFile() || type === undefined) continue;
      // Vite puts files named by content into assets/.
      files.set(address + entry.name, { file, type, immutable: address.startsWith('/assets/') });
    }
  };
  try {
    visit(root, '/');
  } catch {
    // Not built, or being built: nothing to serve yet.
  }
  return files;
}
