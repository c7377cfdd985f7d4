import type { DataSet } from '../data/dataset.ts';
import { ShiftedSystem } from './ridge.ts';

/** A linear model of scaled targets: outputs = inputs weights + intercepts. */
export interface LinearModel {
  /** Row-major [features, outputs]. */
  readonly weights: Float64Array;
  /** [outputs]. */
  readonly intercepts: Float64Array;
  /** Strength of each output's ridge, 0 for plain least squares: see {@link fitLinear}. */
  readonly ridges: readonly number[];
}

/** Encoded and scaled rows, as in `SplitRows`. */
interface Rows {
  readonly rows: number;
  /** Row-major [rows, features]. */
  readonly inputs: Float32Array;
  /** Row-major [rows, outputs]. */
  readonly targets: Float32Array;
}

/** With more features than this, or than rows, the equations of the rows are solved instead of those of the features. */
const mostFeatures = 900;

/**
 * Least squares with an intercept, by the normal equations in float64 on centred columns of unit deviation.
 *
 * A ridge minimises mean squared error + strength * sum of (weight * deviation of the feature)², in scaled units. With at
 * least three rows for each feature it is 0, or the least of 23 strengths if there is no unique solution (collinear
 * columns, a feature for each category); with fewer rows it is the one with the least generalised cross-validation.
 *
 * Rows that would need more multiplications than `mostWork` are not all used, but evenly taken; a feature at its minimum
 * costs nothing, so that pictures and categories are cheap.
 *
 * Sources: Hoerl & Kennard, Ridge regression, Technometrics 1970; Golub, Heath & Wahba, Generalized cross-validation as
 * a method for choosing a good ridge parameter, Technometrics 1979.
 *
 * @param all - at least two rows
 * @param mostWork - most multiplications for the products of features: the default is about half a second
 */
export function fitLinear(all: Rows, outputs: number, mostWork = 5e8): LinearModel {
  const features = all.inputs.length / all.rows;
  const minima = columnMinima(all.inputs, features);
  const rows = chooseRows(all, features, minima, mostWork);
  const { means, deviations, targetMeans, fits } = (rows.length > features ? byFeatures : byRows)(
    all,
    outputs,
    rows,
    minima,
  );
  const weights = new Float64Array(features * outputs);
  const intercepts = Float64Array.from(targetMeans);
  for (const [output, { solution }] of fits.entries()) {
    for (let i = 0; i < features; i++) {
      const deviation = deviations[i] ?? 0;
      const weight = deviation === 0 ? 0 : (solution[i] ?? 0) / deviation;
      weights[i * outputs + output] = weight;
      intercepts[output] = (intercepts[output] ?? 0) - weight * (means[i] ?? 0);
    }
  }
  return { weights, intercepts, ridges: fits.map(({ ridge }) => ridge) };
}

const fits = new WeakMap<object, LinearModel>();

/** The linear model of a data set's training rows, fitted once: a network starts at it and is compared with it. */
export function linearModelOf({ splits: { train }, schema }: Pick<DataSet, 'splits' | 'schema'>): LinearModel {
  const known = fits.get(train);
  if (known !== undefined) return known;
  const fitted = fitLinear(train, schema.targets.length);
  fits.set(train, fitted);
  return fitted;
}

/** Predictions of a linear model, in scaled units: row-major [rows, outputs]. */
export function predictLinear(model: LinearModel, { rows, inputs }: Omit<Rows, 'targets'>): Float64Array {
  const { weights, intercepts } = model;
  const outputs = intercepts.length;
  const features = weights.length / outputs;
  const predictions = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = intercepts[output] ?? 0;
      for (let i = 0; i < features; i++) {
        sum += (inputs[row * features + i] ?? 0) * (weights[i * outputs + output] ?? 0);
      }
      predictions[row * outputs + output] = sum;
    }
  }
  return predictions;
}

function columnMinima(values: Float32Array, columns: number): Float64Array {
  const minima = new Float64Array(columns).fill(Infinity);
  for (let at = 0; at < values.length;) {
    for (let i = 0; i < columns; i++, at++) minima[i] = Math.min(minima[i] ?? 0, values[at] ?? 0);
  }
  return minima;
}

/** Numbers of the rows to use, which are all of them if their number of multiplications allows it. */
function chooseRows({ rows, inputs }: Rows, features: number, minima: Float64Array, mostWork: number): Int32Array {
  let work = 0;
  for (let at = 0; at < inputs.length;) {
    let above = 0;
    for (let i = 0; i < features; i++, at++) if (inputs[at] !== minima[i]) above++;
    work += (above * above) / 2;
  }
  const most =
    features < rows && features <= mostFeatures
      ? (rows * mostWork) / Math.max(1, work)
      : Math.sqrt((2 * mostWork) / features);
  const taken = Math.min(rows, Math.max(2, Math.floor(most)));
  return Int32Array.from({ length: taken }, (_, at) => Math.floor((at * rows) / taken));
}

interface Fits {
  /** Of each feature; a constant one has the deviation 0. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  readonly targetMeans: readonly number[];
  /** Of each output: weights of the features in units of their deviations. */
  readonly fits: readonly { readonly solution: Float64Array; readonly ridge: number }[];
}

/** Solves the equations of the features: (ZᵀZ / n + λ I) w = Zᵀy / n. */
function byFeatures(all: Rows, outputs: number, rows: Int32Array, minima: Float64Array): Fits {
  const features = minima.length;
  const origins = [...minima, ...columnMinima(all.targets, outputs)];
  const { means, products, width } = moments(all, outputs, rows, origins);
  const covariance = (i: number, j: number): number =>
    (products[Math.max(i, j) * width + Math.min(i, j)] ?? 0) - (means[i] ?? 0) * (means[j] ?? 0);
  const deviations = Float64Array.from(minima, (_, i) =>
    // Rounding must not give a constant feature a deviation.
    covariance(i, i) > 1e-12 * (products[i * width + i] ?? 0) ? Math.sqrt(covariance(i, i)) : 0,
  );
  const active = Int32Array.from(deviations.keys()).filter((i) => deviations[i] !== 0);
  const matrix = new Float64Array(active.length ** 2);
  active.forEach((i, a) => {
    for (let b = 0; b <= a; b++) {
      const j = active[b] ?? 0;
      matrix[a * active.length + b] = covariance(i, j) / ((deviations[i] ?? 1) * (deviations[j] ?? 1));
    }
  });
  const system = new ShiftedSystem(matrix, active.length);
  const fits = Array.from({ length: outputs }, (_, output) => {
    const target = features + output;
    const right = system.turned(Float64Array.from(active, (i) => covariance(i, target) / (deviations[i] ?? 1)));
    const power = covariance(target, target);
    const { ridge, solution } = chooseRidge(rows.length, active.length, 1e-9, (shift) => {
      const { solution: turned, trace, smallestPivot } = system.solve(right, shift);
      const error = power - dot(right, turned) - shift * dot(turned, turned);
      return { solution: turned, error, freedom: active.length - shift * trace, smallestPivot };
    });
    const found = system.turned(solution, true);
    const weights = new Float64Array(features);
    for (const [a, i] of active.entries()) weights[i] = found[a] ?? 0;
    return { ridge, solution: weights };
  });
  const placed = Float64Array.from(origins, (origin, i) => origin + (means[i] ?? 0));
  return { means: placed.subarray(0, features), deviations, targetMeans: [...placed.subarray(features)], fits };
}

/**
 * Means over rows of the distances of features and targets from their origins, and of the products of all pairs of them:
 * row-major [width, width], of which the lower triangle is filled.
 */
function moments(
  { inputs, targets }: Rows,
  outputs: number,
  rows: Int32Array,
  origins: readonly number[],
): { means: Float64Array; products: Float64Array; width: number } {
  const width = origins.length;
  const features = width - outputs;
  const means = new Float64Array(width);
  const products = new Float64Array(width * width);
  /** Columns of a row that are not at their origin, and their distances. */
  const [columns, distances] = [new Int32Array(width), new Float64Array(width)];
  for (const row of rows) {
    let count = 0;
    for (let i = 0; i < width; i++) {
      const value = i < features ? inputs[row * features + i] : targets[row * outputs + i - features];
      const distance = (value ?? 0) - (origins[i] ?? 0);
      if (distance === 0) continue;
      columns[count] = i;
      distances[count++] = distance;
    }
    for (let i = 0; i < count; i++) {
      const column = columns[i] ?? 0;
      const distance = distances[i] ?? 0;
      means[column] = (means[column] ?? 0) + distance;
      const start = column * width;
      for (let j = 0; j <= i; j++) {
        const at = start + (columns[j] ?? 0);
        products[at] = (products[at] ?? 0) + distance * (distances[j] ?? 0);
      }
    }
  }
  const share = 1 / rows.length;
  return { means: means.map((sum) => sum * share), products: products.map((sum) => sum * share), width };
}

/** Solves the equations of the rows: w = Zᵀ (ZZᵀ / n + λ I)⁻¹ y / n. */
function byRows({ inputs, targets }: Rows, outputs: number, rows: Int32Array, minima: Float64Array): Fits {
  const [count, features] = [rows.length, minima.length];
  const { values, means, deviations } = standardised(inputs, features, rows);
  const rowOf = (at: number): Float64Array => values.subarray(at * features, (at + 1) * features);
  const matrix = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) matrix[i * count + j] = dot(rowOf(i), rowOf(j)) / count;
  }
  const system = new ShiftedSystem(matrix, count);
  const centred = Array.from({ length: outputs }, (_, output) => {
    const target = Float64Array.from(rows, (row) => targets[row * outputs + output] ?? 0);
    const mean = target.reduce((sum, value) => sum + value, 0) / count;
    return { mean, target: target.map((value) => value - mean) };
  });
  const fits = centred.map(({ target }) => {
    const right = system.turned(target);
    const { ridge, solution } = chooseRidge(count, features, (1e-6 * features) / count, (shift) => {
      const { solution: turned, trace, smallestPivot } = system.solve(right, shift);
      const error = (shift ** 2 * dot(turned, turned)) / count;
      return { solution: turned, error, freedom: count - shift * trace, smallestPivot };
    });
    const weights = new Float64Array(features);
    for (const [at, multiplier] of system.turned(solution, true).entries()) {
      const row = rowOf(at);
      for (let i = 0; i < features; i++) weights[i] = (weights[i] ?? 0) + (multiplier * (row[i] ?? 0)) / count;
    }
    return { ridge, solution: weights };
  });
  return { means, deviations, targetMeans: centred.map(({ mean }) => mean), fits };
}

/** Columns with the mean 0 and the deviation 1, or only zeros for a constant one: row-major [rows, features]. */
function standardised(
  inputs: Float32Array,
  features: number,
  rows: Int32Array,
): { values: Float64Array; means: Float64Array; deviations: Float64Array } {
  const values = new Float64Array(rows.length * features);
  const [means, deviations] = [new Float64Array(features), new Float64Array(features)];
  for (let i = 0; i < features; i++) {
    const column = Float64Array.from(rows, (row) => inputs[row * features + i] ?? 0);
    const mean = column.reduce((sum, value) => sum + value, 0) / rows.length;
    const centred = column.map((value) => value - mean);
    const constant = column.every((value) => value === column[0]);
    const deviation = constant ? 0 : Math.sqrt(dot(centred, centred) / rows.length);
    [means[i], deviations[i]] = [mean, deviation];
    if (!constant) for (let at = 0; at < rows.length; at++) values[at * features + i] = (centred[at] ?? 0) / deviation;
  }
  return { values, means, deviations };
}

interface Attempt {
  readonly solution: Float64Array;
  /** Mean squared error. */
  readonly error: number;
  /** Effective number of coefficients without the intercept. */
  readonly freedom: number;
  readonly smallestPivot: number;
}

/** Below this pivot, the equations of columns with unit deviation have no unique solution. */
const singularPivot = 1e-10;
/** With fewer rows, least squares follows their noise. */
const rowsPerFeature = 3;

/**
 * The strength of the ridge, as `fitLinear` describes it, and the solution with it.
 *
 * @param least - the least strength
 */
function chooseRidge(
  rows: number,
  features: number,
  least: number,
  attempt: (ridge: number) => Attempt,
): { ridge: number; solution: Float64Array } {
  const strengths = Array.from({ length: 23 }, (_, step) => least * 10 ** (step / 2));
  if (rows >= rowsPerFeature * features) {
    const plain = attempt(0);
    const ridge = plain.smallestPivot < singularPivot ? least : 0;
    return { ridge, solution: ridge === 0 ? plain.solution : attempt(ridge).solution };
  }
  const tried = strengths.map((ridge) => {
    const { solution, error, freedom } = attempt(ridge);
    return { ridge, solution, score: Math.max(0, error) / (1 - (1 + freedom) / rows) ** 2 };
  });
  return tried.reduce((best, other) => (other.score < best.score ? other : best));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
