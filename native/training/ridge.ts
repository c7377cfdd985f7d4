/**
 * Ridge regression for many strengths at the cost of about one: A = Q T Qᵀ with a tridiagonal T (Householder), after
 * which (A + λ I) w = b costs a few operations a row of T for each λ.
 *
 * Sources: Golub & Van Loan, Matrix Computations, 4th edition, sections 8.3.1 (tridiagonalisation) and 4.3.6
 * (tridiagonal systems); Eldén, A note on the computation of the generalized cross-validation function, BIT 1984.
 */
export class ShiftedSystem {
  readonly #size: number;
  /** Householder vectors below the diagonal, in the columns: row-major [size, size]. */
  readonly #matrix: Float64Array;
  readonly #factors: Float64Array;
  readonly #diagonal: Float64Array;
  /** Elements beside the diagonal: [size - 1]. */
  readonly #beside: Float64Array;

  /** @param matrix - symmetric and positive semidefinite, of which the lower triangle is read and overwritten */
  constructor(matrix: Float64Array, size: number) {
    this.#size = size;
    this.#matrix = matrix;
    this.#factors = new Float64Array(size);
    this.#diagonal = new Float64Array(size);
    this.#beside = new Float64Array(Math.max(0, size - 1));
    for (let step = 0; step < size - 1; step++) this.#reflect(step);
    for (let i = 0; i < size; i++) this.#diagonal[i] = matrix[i * size + i] ?? 0;
  }

  /** Makes zeros in column `step` below the element under the diagonal. */
  #reflect(step: number): void {
    const [matrix, size, first] = [this.#matrix, this.#size, step + 1];
    const vector = new Float64Array(size);
    let squares = 0;
    for (let i = first; i < size; i++) {
      const value = matrix[i * size + step] ?? 0;
      vector[i] = value;
      squares += value * value;
    }
    const head = vector[first] ?? 0;
    const beside = head > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    this.#beside[step] = beside;
    vector[first] = head - beside;
    const length = squares - 2 * head * beside + beside * beside;
    const factor = length === 0 ? 0 : 2 / length;
    this.#factors[step] = factor;
    for (let i = first; i < size; i++) matrix[i * size + step] = vector[i] ?? 0;
    if (factor !== 0) this.#reflectRest(first, vector, factor);
  }

  /** Applies a reflection to both sides of the rows and columns from `first` on. */
  #reflectRest(first: number, vector: Float64Array, factor: number): void {
    const [matrix, size] = [this.#matrix, this.#size];
    const product = new Float64Array(size);
    for (let i = first; i < size; i++) {
      const own = vector[i] ?? 0;
      let sum = (matrix[i * size + i] ?? 0) * own;
      for (let j = first, at = i * size + first; j < i; j++, at++) {
        const value = matrix[at] ?? 0;
        sum += value * (vector[j] ?? 0);
        product[j] = (product[j] ?? 0) + value * own;
      }
      product[i] = (product[i] ?? 0) + sum;
    }
    let overlap = 0;
    for (let i = first; i < size; i++) overlap += (product[i] ?? 0) * (vector[i] ?? 0);
    const half = (factor * overlap) / 2;
    for (let i = first; i < size; i++) product[i] = factor * ((product[i] ?? 0) - half * (vector[i] ?? 0));
    for (let i = first; i < size; i++) {
      const [own, other] = [vector[i] ?? 0, product[i] ?? 0];
      for (let j = first, at = i * size + first; j <= i; j++, at++) {
        matrix[at] = (matrix[at] ?? 0) - own * (product[j] ?? 0) - other * (vector[j] ?? 0);
      }
    }
  }

  /** `values` in the basis of T (Qᵀ values), or with `back` from it (Q values): [size]. */
  turned(values: Float64Array, back = false): Float64Array {
    const [matrix, size] = [this.#matrix, this.#size];
    const out = values.slice();
    for (let count = 0; count < size - 1; count++) {
      const step = back ? size - 2 - count : count;
      let sum = 0;
      for (let i = step + 1; i < size; i++) sum += (matrix[i * size + step] ?? 0) * (out[i] ?? 0);
      sum *= this.#factors[step] ?? 0;
      for (let i = step + 1; i < size; i++) out[i] = (out[i] ?? 0) - sum * (matrix[i * size + step] ?? 0);
    }
    return out;
  }

  /**
   * Solves (T + λ I) u = `right`.
   *
   * @returns `trace`: that of the inverse of T + λ I; `smallestPivot`: of T + λ I, about 0 if it is singular
   */
  solve(right: Float64Array, shift: number): { solution: Float64Array; trace: number; smallestPivot: number } {
    const [size, diagonal, beside] = [this.#size, this.#diagonal, this.#beside];
    const pivots = new Float64Array(size);
    const solution = right.slice();
    for (let i = 0; i < size; i++) {
      const ratio = i === 0 ? 0 : (beside[i - 1] ?? 0) / (pivots[i - 1] ?? 1);
      pivots[i] = (diagonal[i] ?? 0) + shift - ratio * (beside[i - 1] ?? 0);
      if (i > 0) solution[i] = (solution[i] ?? 0) - ratio * (solution[i - 1] ?? 0);
    }
    let trace = 0;
    let below = 0;
    for (let i = size - 1; i >= 0; i--) {
      const pivot = pivots[i] ?? 1;
      solution[i] = ((solution[i] ?? 0) - (beside[i] ?? 0) * (solution[i + 1] ?? 0)) / pivot;
      // An element of the inverse's diagonal, from the eliminations of the rows above and below: Meurant 1992.
      trace += 1 / (pivot - below);
      const fromBelow = (diagonal[i] ?? 0) + shift - below;
      below = i === 0 ? 0 : (beside[i - 1] ?? 0) ** 2 / fromBelow;
    }
    return { solution, trace, smallestPivot: pivots.reduce((least, pivot) => Math.min(least, pivot), Infinity) };
  }
}
