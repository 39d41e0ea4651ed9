import { existsSync } from 'node:fs';
import path from 'node:path';
import { runFiles } from './layout';
import { readSpec } from './specFile';

/**
 * The experiment that trained the weights in a file, where the file lies among the outputs of a training run.
 * @returns its absolute path; `undefined` where the file comes from elsewhere, or the experiment is gone
 */
export async function trainedBy(weights: string): Promise<string | undefined> {
  const outputs = path.dirname(path.resolve(weights));
  const folder = path.dirname(outputs);
  if (runFiles(folder).outputs !== outputs || !existsSync(runFiles(folder).spec)) return undefined;
  try {
    const { spec } = await readSpec(folder);
    return spec.job === 'train' && existsSync(spec.experiment) ? spec.experiment : undefined;
  } catch {
    // Not a run's folder, whatever it looks like.
    return undefined;
  }
}
