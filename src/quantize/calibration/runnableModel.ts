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

/** A model on the engine that runs, as calibration sees it. */
export interface CalibratableModel {
  /** By the names that the model's file gives them. */
  readonly weights: ReadonlyMap<string, tfjs.Tensor>;
  /** The model's outputs for one batch, by input name. The caller disposes both. */
  run(feeds: tfjs.NamedTensorMap): Promise<readonly tfjs.Tensor[]>;
  /**
   * The same model with other values of one weight, row-major. The caller disposes it before it runs the
   * model itself again.
   */
  changed(weight: string, values: Float32Array): Promise<CalibratableModel>;
  dispose(): void;
}

/** A TensorFlow.js model, loaded on the engine that runs. */
export interface RunnableModel extends CalibratableModel {
  readonly inputs: readonly ModelInput[];
  /** Rows of the smallest table that the model looks ids up in; `undefined` where it has none. */
  readonly tableRows: number | undefined;
  changed(weight: string, values: Float32Array): Promise<RunnableModel>;
}

const TYPES: Partial<Record<DType, tfjs.DataType>> = { F32: 'float32', I32: 'int32', BOOL: 'bool' };

/**
 * Loads a graph or layers model from its opened file.
 * @throws UserError `not-runnable` where the file has no topology
 */
export async function loadRunnableModel(tf: TensorFlow, source: Model): Promise<RunnableModel> {
  if (source.format === 'safetensors') {
    throw new UserError(
      'not-runnable',
      `${path.basename(source.path)} holds weights, but not the model that uses them, so it cannot be run.`,
      'Calibrate with a file of statistics, or quantize the TensorFlow.js form of the model.',
    );
  }
  return load(tf, source.format, await readArtifacts(source));
}

async function load(tf: TensorFlow, format: Model['format'], artifacts: Artifacts): Promise<RunnableModel> {
  const model = await (format === 'tfjs-graph' ? loadGraph(tf, artifacts) : loadLayers(tf, artifacts));
  return {
    ...model,
    changed(weight, values) {
      const index = artifacts.weightSpecs.findIndex(({ name }) => name === weight);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return load(tf, format, {
        ...artifacts,
        weightData: artifacts.weightData.with(index, Uint8Array.from(bytes).buffer),
      });
    },
  };
}

/** A model in memory, each weight in a buffer of its own. */
interface Artifacts extends tfjs.io.ModelArtifacts {
  readonly weightSpecs: tfjs.io.WeightsManifestEntry[];
  readonly weightData: ArrayBuffer[];
}

async function readArtifacts(source: Model): Promise<Artifacts> {
  const json = JSON.parse(await readFile(source.path, 'utf8')) as tfjs.io.ModelJSON;
  const weightSpecs: tfjs.io.WeightsManifestEntry[] = [];
  const weightData: ArrayBuffer[] = [];
  for (const { name, shape, dtype } of source.tensors) {
    weightSpecs.push({ name, shape: [...shape], dtype: TYPES[dtype] as 'float32' });
    weightData.push(Uint8Array.from(await source.readBytes(name)).buffer);
  }
  return { modelTopology: json.modelTopology, weightSpecs, weightData };
}

type LoadedModel = Omit<RunnableModel, 'changed'>;

async function loadGraph(tf: TensorFlow, artifacts: Artifacts): Promise<LoadedModel> {
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

async function loadLayers(tf: TensorFlow, artifacts: Artifacts): Promise<LoadedModel> {
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  return {
    // Known by their place: TensorFlow.js gives new names to a model that is loaded a second time.
    inputs: model.inputs.map((input, i) => ({
      name: String(i),
      shape: input.shape.map((size) => size ?? -1),
      dtype: isLookedUp(model, input) ? 'int32' : input.dtype,
    })),
    weights: new Map(model.weights.map((weight) => [weight.originalName, weight.read()])),
    tableRows: least(
      model.layers.flatMap((layer) =>
        layer.getClassName() === 'Embedding' ? [layer.weights[0]!.shape[0]!] : [],
      ),
    ),
    run: (feeds) => Promise.resolve([model.predict(model.inputs.map((_, i) => feeds[i]!))].flat()),
    dispose: () => model.dispose(),
  };
}

/** Whether an input goes into an Embedding layer: then it holds ids, though TensorFlow.js calls it float32. */
function isLookedUp({ layers }: tfjs.LayersModel, input: tfjs.SymbolicTensor): boolean {
  return layers.some(
    (layer) =>
      layer.getClassName() === 'Embedding' &&
      layer.inboundNodes.some(({ inputTensors }) => inputTensors.includes(input)),
  );
}

function least(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : Math.min(...numbers);
}
