import type * as tfjs from '@tensorflow/tfjs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TensorFlow } from '../../engine/engine';
import type { DType, Model } from '../../modelfile/model';
import { UserError } from '../../protocol/userError';

/** A tensor that a model is fed with; −1 stands for a size that it leaves open. */
export interface ModelInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: tfjs.DataType;
}

/** A TensorFlow.js model, loaded on the engine that runs. */
export interface RunnableModel {
  readonly inputs: readonly ModelInput[];
  /** By the names that the model's file gives them. */
  readonly weights: ReadonlyMap<string, tfjs.Tensor>;
  /** Rows of the smallest table that the model looks ids up in; `undefined` where it has none. */
  readonly tableRows: number | undefined;
  /** The model's outputs for one batch, by input name. The caller disposes both. */
  run(feeds: tfjs.NamedTensorMap): Promise<readonly tfjs.Tensor[]>;
  dispose(): void;
}

const TYPES: Partial<Record<DType, tfjs.DataType>> = { F32: 'float32', I32: 'int32', BOOL: 'bool' };

/**
 * Loads a graph or layers model from its opened file.
 *
 * @param changed values that take the place of the file's, by tensor
 * @throws UserError `not-runnable` where the file has no topology
 */
export async function loadRunnableModel(
  tf: TensorFlow,
  source: Model,
  changed: ReadonlyMap<string, Float32Array> = new Map(),
): Promise<RunnableModel> {
  if (source.format === 'safetensors') {
    throw new UserError(
      'not-runnable',
      `${path.basename(source.path)} holds weights, but not the model that uses them, so it cannot be run.`,
      'Calibrate with a file of statistics, or quantize the TensorFlow.js form of the model.',
    );
  }
  const artifacts = await readArtifacts(source, changed);
  return source.format === 'tfjs-graph' ? loadGraph(tf, artifacts) : loadLayers(tf, artifacts);
}

async function readArtifacts(
  source: Model,
  changed: ReadonlyMap<string, Float32Array>,
): Promise<tfjs.io.ModelArtifacts> {
  const json = JSON.parse(await readFile(source.path, 'utf8')) as tfjs.io.ModelJSON;
  const weightSpecs: tfjs.io.WeightsManifestEntry[] = [];
  const weightData: ArrayBuffer[] = [];
  for (const { name, shape, dtype } of source.tensors) {
    const type = TYPES[dtype] as 'float32';
    weightSpecs.push({ name, shape: [...shape], dtype: type });
    const values = changed.get(name) ?? (await source.readBytes(name));
    weightData.push(
      Uint8Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).buffer,
    );
  }
  return { modelTopology: json.modelTopology, weightSpecs, weightData };
}

async function loadGraph(tf: TensorFlow, artifacts: tfjs.io.ModelArtifacts): Promise<RunnableModel> {
  const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
  const weights = new Map(Object.entries(model.weights).map(([name, tensors]) => [name, tensors[0]!]));
  return {
    inputs: model.inputs.map(({ name, shape = [], dtype }) => ({ name, shape, dtype })),
    weights,
    tableRows: smallestTable(artifacts.modelTopology as GraphTopology, weights),
    run: async (feeds) => [await model.executeAsync(feeds)].flat(),
    dispose: () => model.dispose(),
  };
}

interface GraphTopology {
  readonly node?: readonly { readonly op: string; readonly input?: readonly string[] }[];
}

function smallestTable({ node = [] }: GraphTopology, weights: RunnableModel['weights']): number | undefined {
  return least(
    node.flatMap(({ op, input = [] }) => {
      const table = op === 'GatherV2' || op === 'Gather' ? weights.get(input[0] ?? '') : undefined;
      return table?.dtype === 'float32' && table.rank === 2 ? [table.shape[0]] : [];
    }),
  );
}

async function loadLayers(tf: TensorFlow, artifacts: tfjs.io.ModelArtifacts): Promise<RunnableModel> {
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  return {
    inputs: model.inputs.map(({ name, shape, dtype }) => ({
      name,
      shape: shape.map((size) => size ?? -1),
      dtype,
    })),
    weights: new Map(model.weights.map((weight) => [weight.originalName, weight.read()])),
    tableRows: least(
      model.layers.flatMap((layer) =>
        layer.getClassName() === 'Embedding' ? [layer.weights[0]!.shape[0]!] : [],
      ),
    ),
    run: (feeds) => Promise.resolve([model.predict(model.inputs.map(({ name }) => feeds[name]!))].flat()),
    dispose: () => model.dispose(),
  };
}

function least(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : Math.min(...numbers);
}
