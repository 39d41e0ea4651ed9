import bytes from '../../kernels/assembly/frameSearch.wasm';
import { instantiate, type KernelExports } from '../../kernels/instantiate';
import { levelGap, nearestLevel, type Frame } from './frame';
import { logisticNoise } from './noise';
import { coolingSchedule } from './schedule';
import { LANES, type FrameSearch } from './search';

interface Kernel {
  prepare(length: number, sweeps: number): void;
  noiseAt(): number;
  targetsAt(): number;
  rotatedAt(): number;
  uAt(): number;
  vAt(): number;
  scheduleAt(): number;
  search(sweeps: number, ofU: number, ofV: number, largest: number, gap: number, seed: number): void;
}

const module = new WebAssembly.Module(bytes);

/** The search in WebAssembly SIMD. The factors that it gives are valid until its next call. */
export function createSearchKernel(frame: Frame, length: number, sweeps: number): FrameSearch {
  const { ofU, ofV, largest } = frame;
  const gap = levelGap(frame, length);
  const schedule = coolingSchedule(frame, length, sweeps);
  const kernel = instantiate(module) as KernelExports<Kernel>;
  kernel.prepare(length, schedule.length / 4);
  const { buffer } = kernel.memory;
  const numbers = (at: number) => new Int16Array(buffer, at, LANES * length);
  const [targets, rotated] = [numbers(kernel.targetsAt()), numbers(kernel.rotatedAt())];
  const factors = { u: numbers(kernel.uAt()), v: numbers(kernel.vAt()) };
  const noise = logisticNoise();
  new Int8Array(buffer, kernel.noiseAt(), noise.length).set(noise);
  new Int16Array(buffer, kernel.scheduleAt(), schedule.length).set(schedule);

  return (wanted, seed) => {
    targets.set(wanted.x);
    rotated.set(wanted.rotated);
    wanted.x.forEach((target, i) => (factors.u[i] = nearestLevel(target, largest, gap)));
    kernel.search(schedule.length / 4, ofU, ofV, largest, gap, seed);
    return factors;
  };
}
