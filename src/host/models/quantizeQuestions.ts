import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { defaultOutput } from '../../modelfile/outputName';
import {
  DEFAULT_BITS,
  listedBits,
  METHOD_OFFERS,
  offersBits,
  OUTPUT_FORMS,
  PRESETS,
  QUANTIZATION_METHODS,
  type OutputForm,
  type Preset,
  type QuantizationMethodId,
} from '../../protocol/jobSpec';
import { FORM_WORDS, METHOD_WORDS, PRESET_WORDS, type ChoiceWords } from '../../protocol/quantizeWords';
import { readTarget, takesTypedTarget, type Target } from '../../protocol/target';
import { byteCount } from '../quantities';
import { ask, BACK, pick, type Choice, type Place, type Question } from '../questions';

/** How a model is to be quantized. */
export interface QuantizeChoice extends Target {
  readonly method: QuantizationMethodId;
  readonly preset: Preset;
  readonly form: OutputForm;
}

/** A choice with the file to write. */
export interface QuantizeAnswers extends QuantizeChoice {
  readonly output: string;
  readonly force: boolean;
}

/**
 * Asks how to quantize `input`: method, bits a weight or a size, how long to search, what to write; and,
 * where that file exists, what to do about it. Each question has the suggestion under the cursor, so that
 * Enter all the way does well.
 */
export async function askHowToQuantize(
  input: string,
  suggested: QuantizeChoice,
): Promise<QuantizeAnswers | undefined> {
  const title = vscode.l10n.t('Quantize {0}', path.basename(input));
  const questions: readonly Question<QuantizeChoice>[] = [
    { applies: () => true, ask: askMethod },
    { applies: () => true, ask: askTarget },
    { applies: ({ method }) => METHOD_OFFERS[method].presets === true, ask: askPreset },
    // A size is that of a packed file.
    { applies: ({ size }) => size === undefined, ask: (answers, place) => askForm(input, answers, place) },
  ];
  for (let start = suggested; ;) {
    const choice = await ask(title, questions, start);
    if (!choice) return undefined;
    const asked = questions.filter((question) => question.applies(choice)).length;
    const place = { title, step: asked + 1, totalSteps: asked + 1 };
    const file = await askFile(defaultOutput(input, choice), place);
    if (file === undefined) return undefined;
    if (file !== BACK) return { ...choice, ...file };
    start = choice;
  }
}

async function askMethod(answers: QuantizeChoice, place: Place) {
  const choices = QUANTIZATION_METHODS.map((id) => ({
    ...wordsOf(METHOD_WORDS[id]),
    description: id,
    value: id,
  }));
  const method = await pick(place, vscode.l10n.t('Method'), choices, answers.method);
  return method === undefined || method === BACK ? method : { ...answers, ...targetFor(method, answers) };
}

/** The method with the target that was chosen last, or the nearest that it offers. */
function targetFor(
  method: QuantizationMethodId,
  { bits, size }: Target,
): Pick<QuantizeChoice, 'method' | 'bits' | 'size'> {
  const listed = listedBits(method);
  const nearest = listed.includes(DEFAULT_BITS) ? DEFAULT_BITS : listed[0]!;
  return {
    method,
    bits: offersBits(method, bits) ? bits : nearest,
    ...(size !== undefined && METHOD_OFFERS[method].size && { size }),
  };
}

async function askTarget(answers: QuantizeChoice, place: Place) {
  const { method, bits, size, ...rest } = answers;
  const listed = listedBits(method).map((value) => bitsChoice(value));
  const own = size === undefined ? bitsChoice(bits) : sizeChoice(bits, size);
  const known = listed.find(({ label }) => label === own.label);
  const choices = known ? listed : [own, ...listed];
  const typed = takesTypedTarget(method)
    ? (text: string): Choice<Target> | undefined => {
        const target = readTarget(text, method, bits);
        if (!target) return undefined;
        const choice = target.size === undefined ? bitsChoice(target.bits) : sizeChoice(bits, target.size);
        return choices.some(({ label }) => label === choice.label) ? undefined : choice;
      }
    : undefined;
  const question = METHOD_OFFERS[method].size
    ? vscode.l10n.t('Bits per weight (type any number, as 2.5) or the size of the file (as 3 MB)')
    : typed
      ? vscode.l10n.t('Bits per weight (type any number, as 2.5)')
      : vscode.l10n.t('Bits per weight');
  const target = await pick(place, question, choices, (known ?? own).value, typed);
  if (target === undefined || target === BACK) return target;
  const form: OutputForm = target.size === undefined ? rest.form : 'native';
  return { ...rest, method, form, ...target };
}

function bitsChoice(bits: number): Choice<Target> {
  return {
    label: vscode.l10n.t('{0} bits', bits),
    description: vscode.l10n.t(
      '{0} times smaller than float32, packed',
      (32 / bits).toFixed(1).replace('.0', ''),
    ),
    value: { bits },
  };
}

function sizeChoice(bits: number, size: number): Choice<Target> {
  return {
    label: byteCount(size, vscode.env.language),
    description: vscode.l10n.t('the packed file, to the byte or just below'),
    value: { bits, size },
  };
}

async function askPreset(answers: QuantizeChoice, place: Place) {
  const choices = PRESETS.map((id) => ({ ...wordsOf(PRESET_WORDS[id]), description: id, value: id }));
  const preset = await pick(place, vscode.l10n.t('How long to search'), choices, answers.preset);
  return preset === undefined || preset === BACK ? preset : { ...answers, preset };
}

function wordsOf({ label, purpose }: ChoiceWords) {
  return { label: vscode.l10n.t(label), detail: vscode.l10n.t(purpose) };
}

async function askForm(input: string, answers: QuantizeChoice, place: Place) {
  const name = (form: OutputForm): string => path.basename(defaultOutput(input, { ...answers, form }));
  const choices = OUTPUT_FORMS.map((id) => ({
    ...wordsOf(FORM_WORDS[id]),
    description: name(id),
    value: id,
  }));
  const form = await pick(place, vscode.l10n.t('What to write'), choices, answers.form);
  return form === undefined || form === BACK ? form : { ...answers, form };
}

type WrittenFile = Pick<QuantizeAnswers, 'output' | 'force'>;

/** Where to write; asks only where `output` exists. */
export async function askFile(output: string, place: Place): Promise<WrittenFile | typeof BACK | undefined> {
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

async function chooseName(suggested: string): Promise<WrittenFile | undefined> {
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
