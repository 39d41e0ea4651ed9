import path from 'node:path';
import type { OutputForm } from '../protocol/jobSpec';

const ENDINGS = ['.safetensors.index.json', '.safetensors', '.json'];

/** What of a quantization stands in the name of its output. */
export interface NamedTarget {
  readonly bits: number;
  /** Bytes, where they were asked for in place of bits. */
  readonly size?: number;
  readonly form: OutputForm;
}

/**
 * Where a quantized model goes unless a person says otherwise: beside its source, with the bits or the
 * size in the name. `model.safetensors` → `model.w4.safetensors`, `model.json` → `model.w2.5.json`. The
 * native form of a TensorFlow.js model is `model.w4.native.json`, of any other one file,
 * `model.w4.native.safetensors`.
 */
export function defaultOutput(input: string, { bits, size, form }: NamedTarget): string {
  const name = path.basename(input);
  const ending = ENDINGS.find((known) => name.toLowerCase().endsWith(known)) ?? '';
  const stem = name.slice(0, name.length - ending.length);
  const kept = name.slice(stem.length);
  const target = size === undefined ? `w${Number(bits.toFixed(3))}` : sizeName(size);
  const packed = ending === '.json' ? `.native${kept}` : '.native.safetensors';
  return path.join(path.dirname(input), `${stem}.${target}${form === 'native' ? packed : kept}`);
}

/** `12.5MB`: three digits, for a name. */
function sizeName(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${Number((bytes / 1000 ** power).toPrecision(3))}${units[power]!}`;
}
