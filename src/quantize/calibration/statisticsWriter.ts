import path from 'node:path';
import { CollectingWriter, type Destination } from '../../modelfile/collectingWriter';
import { encodeFloat32 } from '../../modelfile/dtype';
import type { TensorEntry } from '../../modelfile/model';
import type { StagingOptions } from '../../modelfile/stagedFiles';
import { smallerSide } from '../matrixShape';
import type { LayerStatistics, LayerSummary } from './statistics';
import { KEYS, VERSION } from './statisticsLayout';

type WrittenLayer = LayerStatistics & Pick<LayerSummary, 'sensitivity'>;
type Description = Pick<LayerSummary, 'samples' | 'outputsFirst' | 'sensitivity'> & { readonly name: string };

/**
 * Writes statistics, layer after layer, as a safetensors file: `<tensor>.hessian` `[inputs, inputs]`, or
 * `<tensor>.moments` or `<tensor>.lookups` `[inputs]`, float32. Which layers have some shows on the way, so the
 * header comes last.
 */
export class StatisticsWriter {
  private readonly descriptions: Description[] = [];

  private constructor(private readonly writer: CollectingWriter) {}

  /**
   * @param tensors those that may have statistics
   * @throws UserError as {@link CollectingWriter.start}
   */
  static async start(
    output: string,
    tensors: readonly TensorEntry[],
    options: StagingOptions,
  ): Promise<StatisticsWriter> {
    const target = path.resolve(output);
    const destination: Destination = {
      target,
      layOut: (length) => Promise.resolve({ parts: [{ target, length }] }),
    };
    const writer = await CollectingWriter.start(destination, {
      ...options,
      names: tensors.map(({ name }) => `${name}.hessian`),
      expectedBytes: tensors.reduce((sum, { shape }) => sum + 4 * smallerSide(shape) ** 2, 0),
    });
    return new StatisticsWriter(writer);
  }

  /** Adds what is known of the layer of one tensor. */
  async add(name: string, layer: WrittenLayer): Promise<void> {
    const { kind, inputs, samples, outputsFirst, sensitivity, values } = layer;
    const shape = kind === 'hessian' ? [inputs, inputs] : [inputs];
    await this.writer.add(
      { name: `${name}.${kind}`, dtype: 'F32', shape },
      encodeFloat32(Float32Array.from(values), 'F32'),
    );
    this.descriptions.push({
      name,
      samples,
      outputsFirst,
      ...(sensitivity !== undefined && { sensitivity }),
    });
  }

  /**
   * @param source what went through the model, for people
   * @returns the absolute path
   */
  async finish(source: string): Promise<string> {
    const [file] = await this.writer.finish({
      [KEYS.format]: 'statistics',
      [KEYS.version]: VERSION,
      [KEYS.source]: source,
      [KEYS.layers]: JSON.stringify(this.descriptions),
    });
    return file!;
  }

  /** Removes what was written so far; does nothing once it is finished. */
  async abort(): Promise<void> {
    await this.writer.abort();
  }
}
