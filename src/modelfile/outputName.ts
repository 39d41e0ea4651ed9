import path from 'node:path';
import type { OutputForm } from '../protocol/jobSpec';

const ENDINGS = ['.safetensors.index.json', '.safetensors', '.json'];

/**
 * Where a quantized model goes unless a person says otherwise: beside its source, with the bits in the
 * name. `model.safetensors` → `model.w4.safetensors`, `model.json` → `model.w4.json`; the native form
 * is always one file, `model.w4.native.safetensors`.
 */
export function defaultOutput(
  input: string,
  { bits, form }: { readonly bits: number; readonly form: OutputForm },
): string {
  const name = path.basename(input);
  const ending = ENDINGS.find((known) => name.toLowerCase().endsWith(known)) ?? '';
  const stem = name.slice(0, name.length - ending.length);
  const kept = name.slice(stem.length);
  return path.join(
    path.dirname(input),
    form === 'native' ? `${stem}.w${bits}.native.safetensors` : `${stem}.w${bits}${kept}`,
  );
}
