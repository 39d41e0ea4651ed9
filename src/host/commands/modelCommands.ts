import * as vscode from 'vscode';
import { quantizeSpec, type QuantizeSpec } from '../../protocol/jobSpec';
import { trainedBy } from '../../runs/trainedBy';
import { chooseModel } from '../models/modelFiles';
import type { ModelDocuments } from '../models/modelDocuments';
import { askHowToQuantize, type QuantizeChoice } from '../models/quantizeQuestions';
import { readSettings } from '../settings';
import { requireTrust } from '../trust';
import type { CommandTable } from './commandTable';

/** Key of the choice made last, in the workspace's memory. */
const LAST_CHOICE = 'quantize.choice';

/** Commands on model files. Each takes the file that was right-clicked, or asks for one. */
export function modelCommands(
  documents: ModelDocuments,
  memory: vscode.Memento,
  start: (spec: QuantizeSpec) => Promise<void>,
): CommandTable {
  return {
    'weightroom.model.quantize': async (file) => {
      requireTrust();
      const input =
        file instanceof vscode.Uri ? file.fsPath : await chooseModel(vscode.l10n.t('Quantize Model'));
      if (input === undefined) return;
      const { quantize: preferred, threads, engine } = readSettings(vscode.Uri.file(input));
      const suggested = { ...preferred, ...memory.get<Partial<QuantizeChoice>>(LAST_CHOICE) };
      const answers = await askHowToQuantize(input, suggested);
      if (!answers) return;
      const { output, force, ...choice } = answers;
      await memory.update(LAST_CHOICE, choice);
      const experiment = await trainedBy(input);
      await start(
        quantizeSpec({
          input,
          output,
          force,
          ...choice,
          ...(experiment !== undefined && { experiment }),
          ...(threads !== undefined && { threads }),
          ...(engine !== 'best' && { engine }),
        }),
      );
    },
    'weightroom.model.inspect': async (file) => {
      const model =
        file instanceof vscode.Uri ? file.fsPath : await chooseModel(vscode.l10n.t('Inspect Model'));
      if (model !== undefined) await documents.inspect(model);
    },
    'weightroom.model.compare': async (_file, selection) => {
      requireTrust();
      const [a, b] = selectedPaths(selection);
      const first = a ?? (await chooseModel(vscode.l10n.t('Compare Models: the first')));
      const second =
        first === undefined
          ? undefined
          : (b ?? (await chooseModel(vscode.l10n.t('Compare Models: the second'))));
      if (first !== undefined && second !== undefined) await documents.compare(first, second);
    },
  };
}

function selectedPaths(selection: unknown): string[] {
  if (!Array.isArray(selection)) return [];
  return selection.filter((uri) => uri instanceof vscode.Uri).map((uri) => uri.fsPath);
}
