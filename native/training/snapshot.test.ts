import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isBetter, type Candidate } from './snapshot.ts';

const choose = (candidates: readonly Candidate[], constrained: boolean): Candidate | undefined =>
  candidates.reduce<Candidate | undefined>(
    (best, candidate) => (isBetter(candidate, best, constrained) ? candidate : best),
    undefined,
  );

const numbers = fc.constantFrom(0, 0.1, 0.2, 0.5, 1);
const runs = fc
  .array(fc.record({ violation: numbers, loss: numbers }), { minLength: 1, maxLength: 12 })
  .map((epochs) => epochs.map((epoch, i) => ({ ...epoch, epoch: i + 1 })));

it('is the feasible epoch with the least loss, else the one with the least violation', () => {
  fc.assert(
    fc.property(runs, (run) => {
      const chosen = choose(run, true);
      const feasible = run.filter((epoch) => epoch.violation === 0);
      if (feasible.length > 0) {
        expect(chosen?.violation).toBe(0);
        expect(chosen?.loss).toBe(Math.min(...feasible.map((epoch) => epoch.loss)));
      } else {
        expect(chosen?.violation).toBe(Math.min(...run.map((epoch) => epoch.violation)));
      }
    }),
  );
});

it('is the first of equals', () => {
  fc.assert(
    fc.property(runs, (run) => {
      const chosen = choose(run, true);
      const equals = run.filter((epoch) => epoch.violation === chosen?.violation && epoch.loss === chosen.loss);
      expect(chosen?.epoch).toBe(equals[0]?.epoch);
    }),
  );
});

it('is the epoch with the least loss for a method without a bound', () => {
  fc.assert(
    fc.property(runs, (run) => {
      expect(choose(run, false)?.loss).toBe(Math.min(...run.map((epoch) => epoch.loss)));
    }),
  );
});
