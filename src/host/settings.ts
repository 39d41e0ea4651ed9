import * as vscode from 'vscode';
import { ENGINE_IDS, type EngineId } from '../protocol/engine';
import {
  DEFAULT_BITS,
  DEFAULT_METHOD,
  DEFAULT_PRESET,
  OUTPUT_FORMS,
  PRESETS,
  QUANTIZATION_METHODS,
  type OutputForm,
  type Preset,
  type QuantizationMethodId,
} from '../protocol/jobSpec';

/** The settings of the section `weightroom`; a value that the manifest does not allow reads as its default. */
export interface Settings {
  readonly engine: EngineId | 'best';
  /** CPU threads of a job; `undefined` for all of them. */
  readonly threads: number | undefined;
  /** Empty where Node.js is to be found. */
  readonly nodePath: string;
  readonly quantize: {
    readonly method: QuantizationMethodId;
    readonly bits: number;
    readonly preset: Preset;
    readonly form: OutputForm;
  };
}

/** Reads the settings as they hold for `scope`, a file or folder. */
export function readSettings(scope?: vscode.Uri): Settings {
  const section = vscode.workspace.getConfiguration('weightroom', scope);
  const threads = section.get<number>('threads', 0);
  return {
    engine: oneOf(['best', ...ENGINE_IDS], section.get('engine')),
    threads: Number.isSafeInteger(threads) && threads > 0 ? threads : undefined,
    nodePath: section.get<string>('nodePath', '').trim(),
    quantize: {
      method: oneOf([DEFAULT_METHOD, ...QUANTIZATION_METHODS], section.get('quantize.method')),
      bits: section.get<number>('quantize.bits', DEFAULT_BITS),
      preset: oneOf([DEFAULT_PRESET, ...PRESETS], section.get('quantize.preset')),
      form: oneOf(OUTPUT_FORMS, section.get('quantize.form')),
    },
  };
}

/** `value` where it is allowed, else the first of those that are: the default. */
function oneOf<T extends string>(allowed: readonly [T, ...T[]], value: unknown): T {
  return allowed.find((one) => one === value) ?? allowed[0];
}
