import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { defaultOutput } from '../../modelfile/outputName';
import {
  DEFAULT_BITS,
  listedBits,
  QUANTIZATION_METHODS,
  type OutputForm,
  type QuantizationMethodId,
} from '../../protocol/jobSpec';
import { ask, BACK, pick, type Choice, type Place, type Question } from '../questions';

/** How a model is to be quantized. */
export interface QuantizeChoice {
  readonly method: QuantizationMethodId;
  readonly bits: number;
  readonly form: OutputForm;
}

/** A choice with the file to write. */
export interface QuantizeAnswers extends QuantizeChoice {
  readonly output: string;
  readonly force: boolean;
}

/**
 * Asks how to quantize `input`: method, bits a weight, what to write; and, where that file exists, what to
 * do about it. Each question has the suggestion under the cursor, so that Enter all the way does well.
 */
export async function askHowToQuantize(
  input: string,
  suggested: QuantizeChoice,
): Promise<QuantizeAnswers | undefined> {
  const title = vscode.l10n.t('Quantize {0}', path.basename(input));
  const questions: Question<QuantizeChoice>[] = [
    askMethod,
    askBits,
    (answers, place) => askForm(input, answers, place),
  ];
  for (let start = suggested; ;) {
    const choice = await ask(title, questions, start);
    if (!choice) return undefined;
    const place = { title, step: questions.length + 1, totalSteps: questions.length + 1 };
    const target = await askTarget(defaultOutput(input, choice), place);
    if (target === undefined) return undefined;
    if (target !== BACK) return { ...choice, ...target };
    start = choice;
  }
}

async function askMethod(answers: QuantizeChoice, place: Place) {
  const words: Readonly<Record<QuantizationMethodId, { label: string; detail: string }>> = {
    dependent: {
      label: vscode.l10n.t('Dependent quantization'),
      detail: vscode.l10n.t('The smallest error for its bits: a trellis and an entropy code. Any number of bits.'),
    },
    'kashin-greedy': {
      label: vscode.l10n.t('Kashin decomposition, greedy'),
      detail: vscode.l10n.t('As published in 2024: two flat factors, coded together by pairs of levels.'),
    },
    'kashin-alternating': {
      label: vscode.l10n.t('Kashin decomposition, alternating'),
      detail: vscode.l10n.t('As published in 2026: row by row on a fixed schedule, four levels a factor.'),
    },
    'kashin-truncation': {
      label: vscode.l10n.t('Kashin decomposition, truncation'),
      detail: vscode.l10n.t('The older way, by clipping: the flattest factors, and more error.'),
    },
    rtn: {
      label: vscode.l10n.t('Round to nearest'),
      detail: vscode.l10n.t('The simple baseline: evenly spaced levels in each group, with clipping.'),
    },
  };
  const choices = QUANTIZATION_METHODS.map((id) => ({ ...words[id], description: id, value: id }));
  const method = await pick(place, vscode.l10n.t('Method'), choices, answers.method);
  return method === undefined || method === BACK ? method : { ...answers, method };
}

async function askBits(answers: QuantizeChoice, place: Place) {
  const offered = listedBits(answers.method);
  const choices = offered.map((bits) => ({
    label: vscode.l10n.t('{0} bits', bits),
    description: vscode.l10n.t(
      '{0} times smaller than float32, packed',
      (32 / bits).toFixed(1).replace('.0', ''),
    ),
    value: bits,
  }));
  const suggested = offered.includes(answers.bits)
    ? answers.bits
    : offered.includes(DEFAULT_BITS)
      ? DEFAULT_BITS
      : offered[0]!;
  const bits = await pick(place, vscode.l10n.t('Bits per weight'), choices, suggested);
  return bits === undefined || bits === BACK ? bits : { ...answers, bits };
}

async function askForm(input: string, answers: QuantizeChoice, place: Place) {
  const name = (form: OutputForm): string => path.basename(defaultOutput(input, { ...answers, form }));
  const choices: Choice<OutputForm>[] = [
    {
      label: vscode.l10n.t('Portable file'),
      description: name('portable'),
      detail: vscode.l10n.t(
        'The source’s format with quantized values: opens in every tool, as large as the source.',
      ),
      value: 'portable',
    },
    {
      label: vscode.l10n.t('Packed file'),
      description: name('native'),
      detail: vscode.l10n.t('Codes and levels alone: as small as the bits say; read by Weightroom.'),
      value: 'native',
    },
  ];
  const form = await pick(place, vscode.l10n.t('What to write'), choices, answers.form);
  return form === undefined || form === BACK ? form : { ...answers, form };
}

type Target = Pick<QuantizeAnswers, 'output' | 'force'>;

/** Where to write; asks only where `output` exists. */
export async function askTarget(output: string, place: Place): Promise<Target | typeof BACK | undefined> {
  if (!existsSync(output)) return { output, force: false };
  const free = freeName(output);
  const choices: Choice<'keep' | 'replace' | 'other'>[] = [
    { label: vscode.l10n.t('Keep it, and write {0}', path.basename(free)), value: 'keep' },
    { label: vscode.l10n.t('Replace {0}', path.basename(output)), value: 'replace' },
    { label: vscode.l10n.t('Choose Another Name…'), value: 'other' },
  ];
  const question = vscode.l10n.t('{0} exists already', path.basename(output));
  const chosen = await pick(place, question, choices, 'keep');
  switch (chosen) {
    case 'keep':
      return { output: free, force: false };
    case 'replace':
      return { output, force: true };
    case 'other':
      return chooseName(free);
    case BACK:
    case undefined:
      return chosen;
  }
}

async function chooseName(suggested: string): Promise<Target | undefined> {
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.file(suggested) });
  // The dialog itself has asked whether an existing file may be replaced.
  return target && { output: target.fsPath, force: existsSync(target.fsPath) };
}

/** `model.w4.safetensors` → `model.w4-2.safetensors`, or the next number that is free. */
function freeName(output: string): string {
  const [, stem = output, ending = ''] =
    /^(.*?)((?:\.native)?(?:\.safetensors|\.json|\.safetensors\.index\.json)?)$/.exec(output) ?? [];
  for (let number = 2; ; number++) {
    const candidate = `${stem}-${number}${ending}`;
    if (!existsSync(candidate)) return candidate;
  }
}
