import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/*
 * Distances of two sets of features, rows of numbers that a network gives for pictures. They are named FID and KID only where the
 * network is the Inception of those papers.
 */

export type Features = readonly (readonly number[])[];

/**
 * Fréchet distance of the normal laws with the sets' means and covariances (Heusel et al. 2017, FID):
 * |m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^½). Throws RangeError for sets of fewer than two rows or of different widths.
 */
export function frechetDistance(first: Features, second: Features): number {
  checkSets(first, second);
  const [a, b] = [new Matrix(first.map((row) => [...row])), new Matrix(second.map((row) => [...row]))];
  const [meanA, meanB] = [a.mean('column'), b.mean('column')];
  const [covarianceA, covarianceB] = [covariance(a, meanA), covariance(b, meanB)];
  const apart = meanA.reduce((sum, value, at) => sum + (value - (meanB[at] ?? 0)) ** 2, 0);
  const product = traceOfRoot(covarianceA, covarianceB);
  return apart + covarianceA.trace() + covarianceB.trace() - 2 * product;
}

function covariance(rows: Matrix, mean: number[]): Matrix {
  const centred = rows.clone().subRowVector(mean);
  return centred
    .transpose()
    .mmul(centred)
    .div(rows.rows - 1);
}

/** tr((A B)^½) of two covariances: A B has the eigenvalues of the symmetric A^½ B A^½. */
function traceOfRoot(a: Matrix, b: Matrix): number {
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(a, { assumeSymmetric: true });
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(value, 0))));
  const half = eigenvectorMatrix.mmul(roots);
  const middle = half.transpose().mmul(b).mmul(half);
  const values = new EigenvalueDecomposition(middle, { assumeSymmetric: true }).realEigenvalues;
  return values.reduce((sum, value) => sum + Math.sqrt(Math.max(value, 0)), 0);
}

/**
 * Unbiased squared maximum mean discrepancy of two sets under the kernel (x·y / d + 1)³ (Bińkowski et al. 2018, KID), over the whole
 * sets; around 0, also below, for sets of one law. Throws RangeError as `frechetDistance`.
 */
export function kernelDistance(first: Features, second: Features): number {
  checkSets(first, second);
  const [m, n] = [first.length, second.length];
  const within =
    kernelSum(first, first, true) / (m * (m - 1)) + kernelSum(second, second, true) / (n * (n - 1));
  return within - (2 * kernelSum(first, second, false)) / (m * n);
}

function kernelSum(first: Features, second: Features, butDiagonal: boolean): number {
  let sum = 0;
  first.forEach((x, row) => {
    second.forEach((y, column) => {
      if (butDiagonal && row === column) return;
      const dot = x.reduce((total, value, at) => total + value * (y[at] ?? 0), 0);
      sum += (dot / x.length + 1) ** 3;
    });
  });
  return sum;
}

function checkSets(first: Features, second: Features): void {
  const width = first[0]?.length ?? 0;
  const whole = [...first, ...second].every((row) => row.length === width);
  if (first.length < 2 || second.length < 2 || width === 0 || !whole) {
    throw new RangeError('A distance of features needs two sets of at least two rows of one width.');
  }
}
