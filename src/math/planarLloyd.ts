import { PlanarNearest, type PlanarPoints } from './planarNearest';

/**
 * Lloyd's algorithm in the plane: moves `centroids` to a local minimum of the mean squared distance from
 * `points` to the nearest centroid, in place, in at most `maxRounds` rounds. A centroid that is nearest to no
 * point stays.
 */
export function planarLloyd(
  points: PlanarPoints,
  centroids: { readonly x: Float64Array; readonly y: Float64Array },
  maxRounds: number,
): void {
  const count = points.x.length;
  const cells = centroids.x.length;
  for (let round = 0; round < maxRounds; round++) {
    const nearest = new PlanarNearest(centroids);
    const sumX = new Float64Array(cells);
    const sumY = new Float64Array(cells);
    const counts = new Float64Array(cells);
    for (let i = 0; i < count; i++) {
      const x = points.x[i]!;
      const y = points.y[i]!;
      const cell = nearest.find(x, y);
      sumX[cell] = sumX[cell]! + x;
      sumY[cell] = sumY[cell]! + y;
      counts[cell] = counts[cell]! + 1;
    }
    let moved = false;
    for (let cell = 0; cell < cells; cell++) {
      if (counts[cell] === 0) continue;
      const x = sumX[cell]! / counts[cell]!;
      const y = sumY[cell]! / counts[cell]!;
      if (x !== centroids.x[cell] || y !== centroids.y[cell]) moved = true;
      centroids.x[cell] = x;
      centroids.y[cell] = y;
    }
    if (!moved) return;
  }
}
