import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectedTo } from '../testing/connectedTo.ts';
import { Files } from './fileAccess.ts';

/** Replaces the browser's XMLHttpRequest; the test sets the outcome. */
class FakeRequest extends EventTarget {
  static last: FakeRequest;
  readonly upload = new EventTarget();
  response: unknown;
  status = 0;
  sent = false;
  constructor() {
    super();
    FakeRequest.last = this;
  }
  open(): void {
    this.sent = false;
  }
  send(): void {
    this.sent = true;
  }
  abort(): void {
    this.dispatchEvent(new Event('abort'));
  }
  answer(status: number, response: unknown): void {
    Object.assign(this, { status, response });
    this.dispatchEvent(new Event('load'));
  }
}

const large = { name: 'large.csv' } as File;
afterEach(() => {
  vi.unstubAllGlobals();
});
const inBrowser = async (): Promise<Files> => {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  return new Files(await connectedTo({}), undefined);
};

describe('uploading a file', () => {
  it('reports its progress from the start, and then the path of the file', async () => {
    const files = await inBrowser();
    const shares: number[] = [];
    const path = files.dropped(large, (share) => shares.push(share));
    FakeRequest.last.upload.dispatchEvent(
      Object.assign(new Event('progress'), { lengthComputable: true, loaded: 1, total: 4 }),
    );
    FakeRequest.last.answer(200, { path: '/uploads/large.csv' });
    expect(await path).toBe('/uploads/large.csv');
    expect(shares).toEqual([0, 0.25]);
  });

  it('ends when it is cancelled; the next one is not', async () => {
    const files = await inBrowser();
    const cancelled = files.dropped(large, () => undefined);
    files.cancelUploads();
    await expect(cancelled).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringContaining('large.csv') as string,
    });
    const next = files.dropped(large, () => undefined);
    FakeRequest.last.answer(200, { path: '/uploads/next.csv' });
    expect(await next).toBe('/uploads/next.csv');
  });

  it('reports why the host refused it', async () => {
    const files = await inBrowser();
    const refused = files.dropped(large, () => undefined);
    FakeRequest.last.answer(507, { message: 'the disk is full' });
    await expect(refused).rejects.toMatchObject({
      code: 'file',
      message: expect.stringContaining('the disk is full') as string,
    });
  });
});
