import { levelGap, nearestLevel, type Frame } from './frame';
import { logisticNoise, nextNoise, NOISE_LENGTH, NOISE_STRIDE } from './noise';
import { coolingSchedule } from './schedule';
import { LANES, type FrameSearch } from './search';

/** The search in plain TypeScript; the kernel finds the same factors. */
export function createPlainSearch(frame: Frame, length: number, sweeps: number): FrameSearch {
  const noise = logisticNoise();
  const schedule = coolingSchedule(frame, length, sweeps);
  const gap = levelGap(frame, length);

  return ({ x, rotated }, seed) => {
    const u = x.map((target) => nearestLevel(target, frame.largest, gap));
    const v = new Int16Array(u.length);
    let state = seed;
    const draw = (
      from: Int16Array,
      wanted: Int16Array,
      to: Int16Array,
      of: number,
      largest: number,
      at: number,
    ) => {
      const next = nextNoise(state);
      state = next.state;
      const [factor, shift] = [schedule[at]!, schedule[at + 1]!];
      const sums = hadamardOfLanes(from, length);
      for (let i = 0; i < length; i++) {
        for (let lane = 0; lane < LANES; lane++) {
          const entry = noise[(next.offset + i * NOISE_STRIDE + lane) & (NOISE_LENGTH - 1)]!;
          const position = LANES * i + lane;
          const rest = saturated(wanted[position]! - of * sums[position]!);
          const disturbed = saturated(rest + ((entry * factor) >> shift));
          to[position] = nearestLevel(disturbed, largest, gap);
        }
      }
    };
    for (let at = 0; at < schedule.length; at += 4) {
      draw(u, rotated, v, frame.ofU, 1, at);
      draw(v, x, u, frame.ofV, frame.largest, at + 2);
    }
    return { u, v };
  };
}

/** H z of each lane, without a scale. */
function hadamardOfLanes(z: Int16Array, length: number): Int16Array {
  const sums = z.slice();
  for (let distance = LANES; distance < LANES * length; distance *= 2) {
    for (let i = 0; i < sums.length; i++) {
      if ((i & distance) !== 0) continue;
      const [a, b] = [sums[i]!, sums[i + distance]!];
      sums[i] = a + b;
      sums[i + distance] = a - b;
    }
  }
  return sums;
}

function saturated(sum: number): number {
  return Math.max(-32768, Math.min(32767, sum));
}
