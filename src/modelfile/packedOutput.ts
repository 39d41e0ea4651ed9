import path from 'node:path';
import { UserError } from '../protocol/userError';
import type { Destination } from './collectingWriter';
import type { Model } from './model';
import { withWeights } from './tfjs/jsonTemplate';
import type { TfjsLayout } from './tfjs/layout';
import { jsonStem, SHARD_BYTES } from './tfjs/outputFiles';

/**
 * Where the native form of a model goes: one safetensors file, or, where `output` names a `.json` and the
 * model is one of TensorFlow.js, that with binary files beside it whose bytes are the same.
 * @throws UserError `output-name`
 */
export function packedDestination({ layout }: Model, output: string): Destination {
  const target = path.resolve(output);
  if (target.toLowerCase().endsWith('.safetensors')) {
    return { target, layOut: (length) => Promise.resolve({ parts: [{ target, length }] }) };
  }
  if (layout?.kind === 'tfjs') return tfjsDestination(layout, target);
  throw new UserError(
    'output-name',
    `${path.basename(output)} is not a name for this model in the native form.`,
    'Choose a name that ends in .safetensors.',
  );
}

function tfjsDestination(layout: TfjsLayout, target: string): Destination {
  const stem = jsonStem(target);
  const shard = (i: number) => `${stem}.weights-${i + 1}.bin`;
  return {
    target,
    sign: shard(0),
    async layOut(length) {
      const parts = Array.from({ length: Math.ceil(length / SHARD_BYTES) }, (_, i) => ({
        target: shard(i),
        length: Math.min(SHARD_BYTES, length - i * SHARD_BYTES),
      }));
      const paths = parts.map((part) => path.basename(part.target));
      return { parts, index: { target, bytes: await withWeights(layout, [], paths) } };
    },
  };
}
