import { describe, expect, it, vi } from 'vitest';
import type { Handlers } from '../../native/contract/channel.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import type { windowCalls } from '../../native/contract/window.ts';
import { connectedTo } from '../testing/connectedTo.ts';
import { FilePrediction } from './filePrediction.svelte.ts';

type Predict = Handlers<typeof windowCalls>['predict'];
const file = (name: string): File => ({ name }) as File;
const answer = (rows: number): Awaited<ReturnType<Predict>> => ({
  targets: ['y'],
  rows,
  skipped: [],
  negative: [0],
  minimum: [1],
  unseen: {},
  predictions: [],
});
const pathOf = (request: Parameters<Predict>[0]): string =>
  request.table.source.kind === 'file' ? request.table.source.path : '';

/** Each file's path is its name; the upload of lost.csv fails. */
async function prediction(predict: Predict) {
  const done = vi.fn();
  const files = {
    choose: vi.fn(() => Promise.resolve<string | undefined>('/chosen.csv')),
    dropped: vi.fn(({ name }: File, progress: (share: number) => void) => {
      progress(0.5);
      return name === 'lost.csv'
        ? Promise.reject(new OrthantError('file', 'lost.csv could not be uploaded to Orthant.'))
        : Promise.resolve(`/${name}`);
    }),
    output: vi.fn(() => Promise.resolve({ path: '/out.csv', place: 'predictions.csv', done })),
    cancelUploads: vi.fn(),
  };
  const requests: Parameters<Predict>[0][] = [];
  const connection = await connectedTo({
    predict: (request, context) => {
      requests.push(request);
      return predict(request, context);
    },
  });
  return { files, requests, done, made: new FilePrediction(connection, files, '/runs/1', { delimiter: ';' }) };
}

describe('FilePrediction', () => {
  it('clears the results of a file if the next one fails', async () => {
    const { made, requests } = await prediction((request) => {
      if (pathOf(request) === '/bad.csv') throw new OrthantError('data', 'bad.csv has no column "a".');
      return answer(3);
    });
    await made.dropped(file('good.csv'));
    expect(made.answer?.rows).toBe(3);
    await made.save();
    expect(made.saved).toBe('predictions.csv');
    await made.dropped(file('bad.csv'));
    expect(made.error?.message).toContain('no column');
    expect(made.answer).toBeUndefined();
    expect(made.saved).toBe('');
    expect(made.canSkipRows).toBe(false);
    await made.dropped(file('good.csv'));
    await made.dropped(file('lost.csv'));
    expect(made.error?.message).toContain('lost.csv');
    expect(made.answer).toBeUndefined();
    expect(made.path).toBe('');
    expect(made.upload).toBeUndefined();
    expect(requests).toHaveLength(4);
  });

  it('skips bad rows on request, for that file only', async () => {
    const { made, requests } = await prediction((request) => {
      if (!request.table.skipBadRows) throw new OrthantError('data', '1 row cannot be used.', { field: 'skipBadRows' });
      return { ...answer(2), skipped: [{ reason: 'could not be read', rows: 1 }] };
    });
    await made.dropped(file('a.csv'));
    expect(made.canSkipRows).toBe(true);
    await made.skipRows();
    expect(made.canSkipRows).toBe(false);
    expect(made.error).toBeUndefined();
    expect(made.answer?.rows).toBe(2);
    await made.save();
    expect(requests.at(-1)).toMatchObject({ out: '/out.csv', table: { skipBadRows: true } });
    await made.choose();
    expect(requests.at(-1)?.table.skipBadRows).toBe(false);
    expect(made.canSkipRows).toBe(true);
  });

  it('reads files with the dialect of the training data, or as the user sets it', async () => {
    const { made, requests } = await prediction(() => answer(1));
    await made.readAs({ header: false });
    expect(requests).toEqual([]);
    await made.choose();
    await made.readAs({ delimiter: ',' });
    expect(requests.map(({ table }) => table.dialect)).toEqual([
      { delimiter: ';', header: false },
      { delimiter: ',', header: false },
    ]);
  });

  it('is cancelled in the engine, too, with a message; the last requested file wins', async () => {
    const aborted: string[] = [];
    const { made } = await prediction(
      (request, { signal }) =>
        new Promise((resolve) => {
          if (pathOf(request) === '/quick.csv') resolve(answer(1));
          signal.addEventListener('abort', () => {
            aborted.push(pathOf(request));
            resolve(answer(9));
          });
        }),
    );
    const slow = made.dropped(file('slow.csv'));
    await vi.waitFor(() => {
      expect(made.busy && made.upload === undefined).toBe(true);
    });
    made.cancel();
    await slow;
    expect(made.busy).toBe(false);
    expect(made.error?.message).toMatch(/slow\.csv were not predicted: you cancelled/);
    const slower = made.dropped(file('slower.csv'));
    await vi.waitFor(() => {
      expect(made.busy && made.upload === undefined).toBe(true);
    });
    await made.dropped(file('quick.csv'));
    await slower;
    expect(made.answer?.rows).toBe(1);
    await vi.waitFor(() => {
      expect(aborted).toEqual(['/slow.csv', '/slower.csv']);
    });
  });

  it('keeps the results of a file if the upload of another one is cancelled', async () => {
    const { made, files } = await prediction(() => answer(4));
    await made.choose();
    files.dropped.mockImplementation(
      (_, progress) =>
        new Promise((_resolve, reject) => {
          progress(0.1);
          files.cancelUploads.mockImplementation(() => {
            reject(new OrthantError('cancelled', 'cancelled'));
          });
        }),
    );
    const dropped = made.dropped(file('large.csv'));
    expect(made.busy).toBe(true);
    made.cancel();
    await dropped;
    expect(made.busy).toBe(false);
    expect(made.answer?.rows).toBe(4);
    expect(made.name).toBe('chosen.csv');
    expect(made.error).toBeUndefined();
  });
});
