import * as vscode from 'vscode';
import type { TrainSpec } from '../../protocol/jobSpec';
import { chooseExperiment, saveExperiment } from '../experiments/experimentFiles';
import { newExperiment } from '../experiments/newExperiment';
import { readSettings } from '../settings';
import { requireTrust } from '../trust';
import type { CommandTable } from './commandTable';

/** Commands on experiments. `onNew` is told of the file of one that was made. */
export function experimentCommands(
  templates: vscode.Uri,
  start: (spec: TrainSpec) => Promise<void>,
  onNew: (file: string) => Promise<void>,
): CommandTable {
  return {
    'weightroom.experiment.run': async (file) => {
      requireTrust();
      const experiment = file instanceof vscode.Uri ? file.fsPath : await chooseExperiment();
      if (experiment === undefined) return;
      await saveExperiment(experiment);
      const { engine, threads } = readSettings();
      await start({
        job: 'train',
        experiment,
        engine,
        overrides: {},
        ...(threads !== undefined && { threads }),
      });
    },
    'weightroom.experiment.new': async () => {
      const made = await newExperiment(templates);
      if (made) await onNew(made.fsPath);
    },
  };
}
