import { test } from 'vitest';
import { openEngine } from '../tensorflow/backend.ts';
import { trainingStep, predictWith } from '../training/step.ts';
import { createOptimizer } from '../training/optimizers.ts';
import { CompiledRun } from './compiledRun.ts';
import type { NodeBackend } from './tape.ts';

test('x', async () => {
  const rt = await openEngine({ engine: 'tensorflow' });
  const tf = rt.tf;
  for (const [sizes, N, B, K] of [
    [[9, 64, 64, 1], 4000, 64, 200],
    [[784, 784, 784, 2], 8000, 64, 50],
    [[784, 784, 784, 2], 8000, 512, 20],
  ] as [number[], number, number, number][]) {
    const layers = sizes.slice(1).map((u, i) => ({
      kernel: tf.variable(tf.randomNormal([sizes[i]!, u], 0, 0.05, 'float32', i + 3)) as any,
      bias: tf.variable(tf.zeros([u])) as any,
    }));
    const parameters = layers.flatMap((l, i) => [
      { name: `layer${i}.kernel`, variable: l.kernel, decays: true },
      { name: `layer${i}.bias`, variable: l.bias, decays: false },
    ]);
    const optimizer = createOptimizer(tf, {
      settings: { id: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      parameters,
      gradientClip: 0,
      weightDecay: 0,
    });
    const inputs = tf.randomUniform([N, sizes[0]!], 0, 1, 'float32', 5) as any;
    const targets = tf.randomUniform([N, sizes.at(-1)!], -0.3, 0.7, 'float32', 6) as any;
    const lam = tf.variable(tf.zeros([N, sizes.at(-1)!]), false);
    const c = tf.scalar(10);
    const method = {
      state: { lam },
      gather: (rows: any) => ({ lam: tf.gather(lam, rows) as any }),
      term: (p: any, g: any) =>
        tf.mul(
          tf.div(0.5, c),
          tf.mean(tf.sub(tf.square(tf.relu(tf.sub(g.lam, tf.mul(c, p)))), tf.square(g.lam))),
        ) as any,
      update: (p: any, rows: any, g: any) => {
        lam.assign(tf.tensorScatterUpdate(lam, tf.reshape(rows, [-1, 1]), tf.relu(tf.sub(g.lam, tf.mul(c, p)))));
      },
      report: () => ({ largestMultiplier: 0, activeRows: 0 }),
      dispose: () => {},
    };
    const parts = {
      tf,
      inputs,
      targets,
      layers,
      activations: ['relu', 'relu', 'none'] as any,
      loss: 'squared-error' as const,
      method,
      optimizer,
      parameters,
    };
    const now = () => performance.now();
    const state = [...parameters.map((p) => p.variable), ...Object.values(optimizer.state), lam];
    const perm = (s: number) =>
      Array.from({ length: K }, (_, k) => Int32Array.from({ length: B }, (_, i) => (k * B * 7 + i * 13 + s) % N));
    const eager = () => {
      for (const b of perm(1)) {
        const r = tf.tensor1d(b, 'int32');
        const lr = tf.scalar(1e-3);
        trainingStep(parts, r, lr).dispose();
        r.dispose();
        lr.dispose();
      }
      tf.variable;
      parameters[0]!.variable.dataSync();
    };
    for (const ex of ['graph', 'xla'] as const) {
      let t = now();
      const run = new CompiledRun(
        {
          tf,
          backend: tf.backend() as unknown as NodeBackend,
          state,
          trainingData: [inputs, targets],
          rows: N,
          step: (r, lr) => trainingStep(parts, r, lr),
          predict: (x) => predictWith(parts, x),
          batchSizes: [B],
          splits: { train: inputs },
          chunkRows: 1024,
        },
        ex,
      );
      const build = now() - t;
      t = now();
      const o = run.steps(perm(1), new Array(K).fill(1e-3));
      const first = now() - t;
      const ms = [];
      for (let r = 0; r < 5; r++) {
        t = now();
        run.steps(perm(r), new Array(K).fill(1e-3));
        ms.push((now() - t) / K);
      }
      t = now();
      await run.predictions('train', async () => {});
      const p1 = now() - t;
      t = now();
      const pc = await run.predictions('train', async () => {});
      const p2 = now() - t;
      t = now();
      run.pull();
      const pull = now() - t;
      const pe = (predictWith(parts, inputs) as any).dataSync();
      let d = 0;
      for (let i = 0; i < pe.length; i++) d = Math.max(d, Math.abs(pe[i] - pc[i]!));
      console.log(
        sizes.join('-'),
        B,
        ex,
        'ops',
        run.operations,
        'build',
        build.toFixed(0),
        'first',
        first.toFixed(0),
        'ms/step',
        ms.map((x) => x.toFixed(4)).join(' '),
        'predict',
        p1.toFixed(0),
        p2.toFixed(0),
        'pull',
        pull.toFixed(1),
        'diff',
        d,
        o[0],
        o[K - 1],
      );
      run.dispose();
    }
    eager();
    const t = now();
    eager();
    console.log('eager', ((now() - t) / K).toFixed(3));
  }
}, 300000);
