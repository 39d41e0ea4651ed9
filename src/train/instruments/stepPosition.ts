/**
 * Where a step ends in the valley that it crosses: α of Cockpit (Schneider et al. 2021). A parabola
 * f(t) = a + bt + ct², t from 0 to 1 along the step, is fitted by least squares to the losses and slopes at both
 * ends; its lowest point is at −b / 2c, and α = 1 / that − 1: −1 for a step that is tiny beside the valley, 0 for
 * one that ends at the bottom, 1 for one that ends at the same height on the other side.
 * @param slopes derivatives along the whole step, g·Δw
 * @returns −1 too where the loss bends downward; `undefined` where the step goes uphill from its beginning
 */
export function stepPosition(
  losses: readonly [number, number],
  slopes: readonly [number, number],
): number | undefined {
  const [f0, f1] = losses;
  const [s0, s1] = slopes;
  // Normal equations of residuals a − f0, b − s0, a + b + c − f1, b + 2c − s1, solved by hand:
  // with a free, the two losses say only their difference, of half weight: b + c − d in the place of two.
  const d = f1 - f0;
  // Minimize (b − s0)² + ½(b + c − d)² + (b + 2c − s1)²: [2.5 2.5; 2.5 4.5]·(b, c) = (s0 + ½d + s1, ½d + 2s1).
  const [p, q] = [s0 + d / 2 + s1, d / 2 + 2 * s1];
  const determinant = 2.5 * 4.5 - 2.5 * 2.5;
  const b = (4.5 * p - 2.5 * q) / determinant;
  const c = (2.5 * q - 2.5 * p) / determinant;
  if (!(b < 0)) return undefined;
  return c > 0 ? (-2 * c) / b - 1 : -1;
}
