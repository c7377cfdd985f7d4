import { describe, expect, it } from 'vitest';
import { breathe, RunControl } from './control.ts';

/** What a promise has come to after a turn of the event loop. */
async function settled(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await breathe();
  return done;
}

describe('RunControl', () => {
  it('lets the asker of a pause wait until the loop waits, and the loop until it is resumed', async () => {
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

  it('takes a pause back that the loop has not come to', async () => {
    const control = new RunControl();
    const asked = control.pause();
    control.resume();
    expect([control.pauseRequested, await settled(asked)]).toEqual([false, true]);
  });

  it('wakes a paused loop to stop it, and asks for no pause from then on', async () => {
    const control = new RunControl();
    void control.pause();
    const loop = control.waitWhilePaused();
    control.stop();
    expect([await settled(loop), control.stopRequested, control.pauseRequested]).toEqual([true, true, false]);
  });

  it('goes on for one epoch', async () => {
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
    await breathe();
    control.epochEnded();
    expect(control.pauseRequested).toBe(false);
  });

  it('keeps nobody waiting for a loop that is over', async () => {
    const control = new RunControl();
    const asked = control.pause();
    control.ended();
    expect(await settled(asked)).toBe(true);
    expect(await settled(control.pause())).toBe(true);
    expect(await settled(control.resumeForOneEpoch())).toBe(true);
  });
});
