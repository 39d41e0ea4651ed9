import { unitsOf, type Frame } from './frame';
import { noiseFactor } from './noise';

/** Sweeps without noise at the end; few blocks still change after them. */
const QUIET_SWEEPS = 6;

/**
 * The noise of each sweep, `[sweeps, 4]`: factor and shift for v, then for u. The temperature T falls
 * geometrically. A coordinate of levels ±b has the Gibbs distribution where logistic noise of the scale
 * T / 4b is added before its sign is taken; between more levels the same holds for the nearest two.
 */
export function coolingSchedule(frame: Frame, length: number, sweeps: number): Int16Array {
  const units = unitsOf(frame, length);
  const b = (frame.halfGap * frame.ofV) / frame.ofU;
  const schedule = new Int16Array(4 * (sweeps + QUIET_SWEEPS));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const temperature = frame.hot * (frame.cold / frame.hot) ** (sweep / Math.max(sweeps - 1, 1));
    const scales = [b, frame.halfGap].map((level) => (temperature / (4 * level)) * units);
    schedule.set(scales.flatMap(noiseFactor), 4 * sweep);
  }
  return schedule;
}
