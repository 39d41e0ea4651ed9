import type { SweepSpec, TrainSpec } from '../../protocol/jobSpec';
import { measured } from '../quantities';

/**
 * What sets a trial apart from the others of its sweep: `learningRate 0.01, seed 2`. A setting goes by the last
 * part of its path, where no other ends alike. Empty where the sweep varies nothing.
 */
export function trialName(trial: TrainSpec, { axes, seeds }: SweepSpec): string {
  const lastPart = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
  const words = axes.flatMap(({ path }) => {
    const value = trial.overrides[path];
    if (value === undefined) return [];
    const isAlone = axes.filter((axis) => lastPart(axis.path) === lastPart(path)).length === 1;
    return [
      `${isAlone ? lastPart(path) : path} ${typeof value === 'number' ? measured(value) : String(value)}`,
    ];
  });
  if (seeds > 1 && trial.seed !== undefined) words.push(`seed ${trial.seed}`);
  return words.join(', ');
}
