import { describe, expect, it } from 'vitest';
import { RunControl, yieldToEvents } from './control.ts';

/** The state of a promise after a turn of the event loop. */
async function settled(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await yieldToEvents();
  return done;
}

describe('RunControl', () => {
  it('makes the caller of a pause wait until the loop waits, and the loop until it is resumed', async () => {
    const control = new RunControl();
    const asked = control.pause();
    expect(await settled(asked)).toBe(false);
    expect(control.pauseRequested).toBe(true);
    const loop = control.waitWhilePaused();
    expect([control.paused, await settled(asked), await settled(loop)]).toEqual([true, true, false]);
    expect(await settled(control.pause())).toBe(true);
    control.resume();
    expect(await settled(loop)).toBe(true);
    expect([control.paused, control.pauseRequested]).toEqual([false, false]);
  });

  it('cancels a pause that the loop has not reached', async () => {
    const control = new RunControl();
    const asked = control.pause();
    control.resume();
    expect([control.pauseRequested, await settled(asked)]).toEqual([false, true]);
  });

  it('wakes a paused loop to stop it, and requests no pause afterwards', async () => {
    const control = new RunControl();
    void control.pause();
    const loop = control.waitWhilePaused();
    control.stop();
    expect([await settled(loop), control.stopRequested, control.pauseRequested]).toEqual([true, true, false]);
  });

  it('resumes for one epoch', async () => {
    const control = new RunControl();
    void control.pause();
    const loop = control.waitWhilePaused();
    const epoch = control.resumeForOneEpoch();
    expect([await settled(loop), control.pauseRequested]).toEqual([true, false]);
    control.epochEnded();
    expect([control.pauseRequested, await settled(epoch)]).toEqual([true, false]);
    void control.waitWhilePaused();
    expect(await settled(epoch)).toBe(true);
    control.resume();
    await yieldToEvents();
    control.epochEnded();
    expect(control.pauseRequested).toBe(false);
  });

  it('keeps no caller waiting for a loop that has ended', async () => {
    const control = new RunControl();
    const asked = control.pause();
    control.ended();
    expect(await settled(asked)).toBe(true);
    expect(await settled(control.pause())).toBe(true);
    expect(await settled(control.resumeForOneEpoch())).toBe(true);
  });
});
