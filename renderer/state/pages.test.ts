import { describe, expect, it, vi } from 'vitest';
import { TablePages } from './pages.svelte.ts';

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('TablePages', () => {
  const total = 10_000;
  const fetchRows = (asked: number[]) => (offset: number, limit: number) => {
    asked.push(offset);
    const count = Math.min(limit, total - offset);
    return Promise.resolve({
      columns: ['a'],
      offset,
      total,
      rows: Array.from({ length: count }, (_, index) => [offset + index]),
    });
  };

  it('fetches each page once, and gives every row its own cells', async () => {
    const asked: number[] = [];
    const pages = new TablePages(1, fetchRows(asked));
    pages.want(490, 520);
    pages.want(495, 530);
    expect(pages.row(500)).toBeUndefined();
    await settled();
    // The page beside them is fetched, too.
    expect(asked).toEqual([0, 500, 1000]);
    expect(pages.has(490, 530)).toBe(true);
    expect(pages.has(490, 2000)).toBe(false);
    for (const row of [0, 499, 500, 999]) expect(pages.row(row)).toEqual([row]);
  });

  it('requests fewer rows of a wide table', () => {
    expect(new TablePages(786, fetchRows([])).pageSize).toBeLessThan(20);
  });

  it('fetches the rows requested last, not those passed on the way', async () => {
    const asked: number[] = [];
    const pages = new TablePages(1, async (offset, limit) => {
      await settled();
      return fetchRows(asked)(offset, limit);
    });
    for (let first = 1000; first <= 8000; first += 500) pages.want(first, first + 30);
    await vi.waitFor(() => {
      expect(pages.has(8000, 8030)).toBe(true);
    });
    expect(asked.slice(0, 2)).toEqual([1000, 8000]);
    expect(pages.arrived).toEqual({ from: 8000, to: 8030 });
  });

  it('ends with the table', async () => {
    const asked: number[] = [];
    const pages = new TablePages(1, fetchRows(asked));
    pages.want(9990, 10_004);
    await settled();
    expect(pages.has(9990, 10_004)).toBe(true);
    expect(asked).toEqual([9500, 10_000, 9000]);
  });

  it('retries rows that could not be fetched', async () => {
    let fails = true;
    const pages = new TablePages(1, (offset, limit) =>
      fails ? Promise.reject(new Error('gone')) : fetchRows([])(offset, limit),
    );
    pages.want(0, 10);
    await settled();
    expect(pages.row(0)).toBeUndefined();
    fails = false;
    pages.want(0, 10);
    await settled();
    expect(pages.row(3)).toEqual([3]);
  });
});
