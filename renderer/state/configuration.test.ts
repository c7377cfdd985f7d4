import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runConfigurationSchema } from '../../native/contract/configuration.ts';
import { ConfigurationDocument } from './configuration.svelte.ts';

const start = () => runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' } } });
const opened = (now?: () => number) => {
  const document = new ConfigurationDocument(now);
  document.replace('take a sample', start());
  return document;
};

describe('ConfigurationDocument', () => {
  it('undoes to the empty window and redoes', () => {
    const document = opened();
    expect(document.undoLabel).toBe('take a sample');
    document.undo();
    expect(document.current).toBeNull();
    expect(document.undoLabel).toBeUndefined();
    expect(document.redoLabel).toBe('take a sample');
    document.redo();
    expect(document.current).toEqual(start());
  });

  it('merges typing in one field into one step, and makes two steps after a pause', () => {
    let now = 0;
    const document = opened(() => now);
    for (const epochs of [1, 10, 100]) {
      now += 100;
      document.change('epochs', (draft) => (draft.training.epochs = epochs), 'epochs');
    }
    now += 10_000;
    document.change('epochs', (draft) => (draft.training.epochs = 7), 'epochs');
    document.undo();
    expect(document.current?.training.epochs).toBe(100);
    document.undo();
    expect(document.current?.training.epochs).toBe(start().training.epochs);
  });

  it('never changes what it gave out', () => {
    const document = opened();
    const before = document.current;
    document.change('layers', (draft) => (draft.network.hidden = [64, 64, 3]));
    expect(before).toEqual(start());
    expect(document.current?.network.hidden).toEqual([64, 64, 3]);
  });

  it('makes no step if nothing changes', () => {
    const document = opened();
    document.change('epochs', (draft) => (draft.training.epochs = start().training.epochs));
    expect(document.undoLabel).toBe('take a sample');
  });

  it('returns to every state, whatever the order of changes, undos and redos', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constant('undo'), fc.constant('redo')), {
          maxLength: 60,
        }),
        (actions) => {
          const document = opened();
          const states = [document.current];
          let place = 0;
          for (const action of actions) {
            if (action === 'undo') {
              if (place > 0) document.undo();
              place = Math.max(0, place - 1);
            } else if (action === 'redo') {
              document.redo();
              place = Math.min(states.length - 1, place + 1);
            } else {
              document.change('epochs', (draft) => (draft.training.epochs = action));
              if (states[place]?.training.epochs !== action) {
                states.splice(place + 1);
                states.push(document.current);
                place += 1;
              }
            }
            expect(document.current).toEqual(states[place]);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is saved as text and read again, and can be undone afterwards', () => {
    const document = opened();
    const text = document.text();
    const other = new ConfigurationDocument();
    other.read(text, 'open', '/a.orthant');
    expect(other.current).toEqual(document.current);
    expect(other.path).toBe('/a.orthant');
    other.undo();
    expect(other.current).toBeNull();
  });

  it.each([
    ['{', /not valid JSON/],
    ['{"orthant":1}', /data/],
    ['{"data":{"source":{"kind":"sample","id":"ink"}},"colour":"red"}', /colour/],
  ])('reports why %s is not a configuration, and keeps the current one', (text, reason) => {
    const document = opened();
    expect(() => {
      document.read(text, 'paste');
    }).toThrow(reason);
    expect(document.current).toEqual(start());
  });

  it('is restored from its draft with its undo history', () => {
    const document = opened();
    document.change('layers', (draft) => (draft.network.hidden = [5]));
    document.undo();
    const again = new ConfigurationDocument();
    expect(again.restore(JSON.parse(JSON.stringify(document.draft())))).toBe(true);
    expect(again.current).toEqual(start());
    again.redo();
    expect(again.current?.network.hidden).toEqual([5]);
    expect(again.restore({ configuration: { orthant: 99 } })).toBe(false);
    expect(again.current?.network.hidden).toEqual([5]);
  });
});
