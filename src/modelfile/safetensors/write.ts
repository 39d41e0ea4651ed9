import path from 'node:path';
import { UserError } from '../../protocol/userError';
import type { ModelWriter } from '../model';
import { readInto } from '../sourceFile';
import { StagedFiles, type StagedFile, type StagingOptions } from '../stagedFiles';
import { StagedWriter, type Slot } from '../stagedWriter';
import type { SafetensorsLayout } from './layout';
import { planFile, planSafetensors, type FilePlan, type NewTensor } from './plan';

/**
 * Starts a safetensors file of tensors that will be written in the order of `entries`.
 * @throws UserError as {@link StagedFiles.stage}, `duplicate-tensor`, `too-many-tensors`
 */
export async function writeSafetensors(
  output: string,
  entries: readonly NewTensor[],
  metadata: Readonly<Record<string, string>>,
  options: StagingOptions,
): Promise<ModelWriter> {
  return start([planSafetensors(path.resolve(output), entries, metadata)], undefined, options);
}

/**
 * Starts a copy of a safetensors model: the same tensors in the same order in as many files, under
 * names that follow the output's. A model in several files becomes one where `output` names one.
 */
export async function writeSafetensorsLike(
  { shards, index }: SafetensorsLayout,
  output: string,
  options: StagingOptions,
): Promise<ModelWriter> {
  const target = path.resolve(output);
  const stem = /^(.+)\.safetensors\.index\.json$/i.exec(target)?.[1];
  if (index !== undefined && stem !== undefined) {
    const plans = shards.map(({ tensors, metadata }, i) =>
      planFile(
        `${stem}-${fiveDigits(i + 1)}-of-${fiveDigits(shards.length)}.safetensors`,
        tensors,
        tensors,
        metadata,
      ),
    );
    return start(plans, { target, bytes: await newIndex(plans, index) }, options);
  }
  if (!target.toLowerCase().endsWith('.safetensors')) {
    throw new UserError(
      'output-name',
      `${path.basename(target)} is not a name for a copy of this model.`,
      `Choose a name that ends in .safetensors${index === undefined ? '' : ' or .safetensors.index.json'}.`,
    );
  }
  const tensors = shards.flatMap((shard) => shard.tensors);
  const metadata = Object.assign({}, ...shards.toReversed().map((shard) => shard.metadata)) as Record<
    string,
    string
  >;
  return start([planFile(target, tensors, tensors, metadata)], undefined, options);
}

async function newIndex(
  plans: readonly FilePlan[],
  { file, metadata }: NonNullable<SafetensorsLayout['index']>,
): Promise<Uint8Array> {
  const pairs = plans.flatMap(({ target, places }) =>
    places.map(({ name }) => `    ${JSON.stringify(name)}: ${JSON.stringify(path.basename(target))}`),
  );
  const map = `  "weight_map": {\n${pairs.join(',\n')}\n  }\n}\n`;
  if (metadata === undefined) return new TextEncoder().encode(`{\n${map}`);
  const kept = new Uint8Array(metadata.end - metadata.start);
  await readInto(file, metadata.start, kept);
  return Buffer.concat([Buffer.from('{\n  "metadata": '), kept, Buffer.from(`,\n${map}`)]);
}

async function start(
  plans: readonly FilePlan[],
  index: { readonly target: string; readonly bytes: Uint8Array } | undefined,
  options: StagingOptions,
): Promise<ModelWriter> {
  const staged = await StagedFiles.stage(
    [...plans, ...(index === undefined ? [] : [{ target: index.target, length: index.bytes.length }])],
    options,
  );
  try {
    if (index !== undefined) await staged.at(plans.length).write(index.bytes, 0);
    const slots: Slot[] = [];
    for (const [i, plan] of plans.entries()) {
      const file: StagedFile = staged.at(i);
      await file.write(plan.header, 0);
      await file.close();
      for (const { name, ...place } of plan.places) slots.push({ name, parts: [{ file, ...place }] });
    }
    return new StagedWriter(staged, slots);
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

function fiveDigits(n: number): string {
  return String(n).padStart(5, '0');
}
