import type { DataId, Tensor } from '@tensorflow/tfjs';
import type { TensorFlow } from '../../engine/engine';
import type { DataType } from '../graph/tensorflow_pb';

/** What an op returns: a handle of the native library, valid until it is deleted. Handles are never used twice. */
export interface Handle {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: DataType;
}

export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export type TensorValues = Float32Array | Int32Array | Uint8Array;

/** tfjs-node's native binding, the part that a compiled step needs. Its typings leave most of this out. */
export interface NodeBinding {
  readonly TF_ATTR_TYPE: number;
  createTensor(shape: readonly number[], dtype: DataType, values: unknown): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): TensorValues;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): Handle[];
  loadSavedModel(folder: string, tag: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(
    session: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): Handle[];
  getNumOfSavedModels(): number;
  getNumOfTensors(): number;
}

/** What the backend knows of a tensor's data. `values` are set until the first op needs them on the device. */
export interface TensorRecord {
  readonly shape: number[];
  readonly dtype: DataType;
  id: number;
  values: unknown;
  refCount: number;
}

/** tfjs-node's backend, with the members that its typings call private. */
export interface NodeBackend {
  binding: NodeBinding;
  readonly tensorMap: { get(dataId: DataId): TensorRecord; has(dataId: DataId): boolean };
  getDTypeInteger(dtype: string): DataType;
  getInputTensorIds(tensors: readonly Pick<Tensor, 'dataId'>[]): number[];
  createOutputTensor(handle: Handle): Tensor;
  move(dataId: DataId, values: unknown, shape: number[], dtype: string, refCount: number): void;
  readSync(dataId: DataId): unknown;
  incRef(dataId: DataId): void;
}

/** The backend of `tf` where it is tfjs-node's; `undefined` on any other engine. */
export function nodeBackend(tf: TensorFlow): NodeBackend | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  return tf.backend() as unknown as NodeBackend;
}

/** The handle of a tensor's data on the device; values that wait in JavaScript are sent there first. */
export function handleOf(backend: NodeBackend, tensor: Pick<Tensor, 'dataId'>): number {
  return backend.getInputTensorIds([tensor])[0]!;
}
