import { describe, expect, it, vi } from 'vitest';
import * as stub from '../testing/electronStub.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));
const { setupSingleInstance } = await import('./singleInstance.ts');

describe('a second start', () => {
  it('is reported to the first', () => {
    const second = vi.fn();
    expect(setupSingleInstance(second)).toBe(true);
    stub.app.emit('second-instance', {}, [], '/');
    expect(second).toHaveBeenCalledOnce();
  });

  it('ends itself', () => {
    stub.app.lockTaken = true;
    const quit = vi.spyOn(stub.app, 'quit').mockImplementation(() => undefined);
    expect(setupSingleInstance(() => undefined)).toBe(false);
    expect(quit).toHaveBeenCalledOnce();
    quit.mockRestore();
    stub.app.lockTaken = false;
  });
});
