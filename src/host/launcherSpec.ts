import path from 'node:path';
import * as vscode from 'vscode';
import { defaultOutput } from '../modelfile/outputName';
import type { JobSpec } from '../protocol/jobSpec';
import { parseJobSpec } from '../protocol/parseJobSpec';
import { trainedBy } from '../runs/trainedBy';
import { saveExperiment } from './experiments/experimentFiles';
import { askFile } from './models/quantizeQuestions';
import { BACK } from './questions';
import { readSettings } from './settings';

/**
 * Completes what the Run form asks for, with the threads of the settings. An experiment is saved. A quantization
 * without an output gets the usual name beside its source; where that exists the person is asked. Weights that a run
 * has trained are quantized with its experiment. `undefined` where the person gave up.
 * @throws UserError where a field is wrong
 */
export async function completeSpec(asked: JobSpec): Promise<JobSpec | undefined> {
  const { threads } = readSettings();
  const spec = { ...(threads !== undefined && { threads }), ...parseJobSpec(asked) };
  if (spec.job === 'train') {
    await saveExperiment(spec.experiment);
    return spec;
  }
  if (spec.job === 'sweep') {
    await saveExperiment(spec.trial.experiment);
    return spec;
  }
  if (spec.job === 'study' || spec.output !== '') return spec;
  const title = vscode.l10n.t('Quantize {0}', path.basename(spec.input));
  const file = await askFile(defaultOutput(spec.input, spec), { title, step: 1, totalSteps: 1 });
  if (file === undefined || file === BACK) return undefined;
  const experiment = spec.experiment ?? (await trainedBy(spec.input));
  return { ...spec, ...file, ...(experiment !== undefined && { experiment }) };
}
