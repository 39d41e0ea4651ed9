import type { Model, TensorEntry } from '../modelfile/model';
import { decibels, distortionOf, errorSums } from './error';

/** How two models differ; the error is measured against the first. */
export interface ModelComparison {
  /** Names of tensors that only the second has, or that have another shape there. */
  readonly added: readonly string[];
  /** Names of tensors that only the first has, or that have another shape there. */
  readonly removed: readonly string[];
  readonly changed: readonly ChangedTensor[];
  /** Number of tensors that are equal to the bit, element type included. */
  readonly identical: number;
}

export interface ChangedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly mse: number;
  /** MSE over the mean square in the first model. */
  readonly distortion: number;
  /** −10·log₁₀(distortion); infinite where only the element type differs. */
  readonly snrDb: number;
  /** Largest magnitude of a difference. */
  readonly maxAbs: number;
}

/**
 * Compares two models tensor by tensor; memory is bounded by the largest tensor of each.
 * @param onTensor is told which tensor comes next, and how many bytes of the first model are done
 */
export async function compareModels(
  a: Model,
  b: Model,
  onTensor?: (name: string, done: number) => void,
): Promise<ModelComparison> {
  const entries = new Map(b.tensors.map((tensor) => [tensor.name, tensor]));
  const removed: string[] = [];
  const changed: ChangedTensor[] = [];
  let identical = 0;
  let done = 0;
  for (const tensor of a.tensors) {
    onTensor?.(tensor.name, done);
    done += tensor.bytes;
    const other = entries.get(tensor.name);
    if (other === undefined || !sameShape(tensor, other)) {
      removed.push(tensor.name);
      continue;
    }
    entries.delete(tensor.name);
    if (tensor.dtype === other.dtype && (await sameBytes(a, b, tensor.name))) identical++;
    else changed.push(await difference(a, b, tensor));
  }
  return { added: [...entries.keys()], removed, changed, identical };
}

function sameShape(a: TensorEntry, b: TensorEntry): boolean {
  return a.shape.length === b.shape.length && a.shape.every((dimension, i) => dimension === b.shape[i]);
}

async function sameBytes(a: Model, b: Model, name: string): Promise<boolean> {
  return Buffer.compare(await a.readBytes(name), await b.readBytes(name)) === 0;
}

async function difference(a: Model, b: Model, { name, shape }: TensorEntry): Promise<ChangedTensor> {
  const sums = errorSums(await a.readFloat32(name), await b.readFloat32(name));
  const distortion = distortionOf(sums);
  return {
    name,
    shape,
    mse: sums.count === 0 ? 0 : sums.squaredError / sums.count,
    distortion,
    snrDb: decibels(distortion),
    maxAbs: sums.maxAbs,
  };
}
