import type { TensorFlow } from '../engine/engine';
import { openAnyModel } from '../quantize/native/open';
import { UserError } from '../protocol/userError';
import { assignTensor } from './assignTensor';
import type { NamedVariable } from './optimizers/optimizer';

/**
 * Sets variables to the tensors that a model file has under their names, whatever its format; a packed
 * one is decoded. Tensors for which the model has no variable are passed over.
 * @returns names of the variables that the file does not have, which stay as they are
 * @throws UserError `weights-mismatch` where a shape differs or nothing fits; those of `openAnyModel`
 */
export async function loadInitialWeights(
  tf: TensorFlow,
  file: string,
  variables: readonly NamedVariable[],
): Promise<readonly string[]> {
  const model = await openAnyModel(file);
  try {
    const entries = new Map(model.tensors.map((entry) => [entry.name, entry]));
    const missing = variables.filter(({ name }) => !entries.has(name)).map(({ name }) => name);
    if (missing.length === variables.length) {
      throw mismatch(`${file} has no tensor named like a variable of the model, such as ${missing[0]!}`);
    }
    for (const { name, variable } of variables) {
      const entry = entries.get(name);
      if (entry === undefined) continue;
      if (String(entry.shape) !== String(variable.shape)) {
        throw mismatch(
          `${name} has the shape [${entry.shape.join(', ')}] in ${file} and [${variable.shape.join(', ')}] in the model`,
        );
      }
      assignTensor(tf, variable, await model.readFloat32(name));
    }
    return missing;
  } finally {
    await model.close();
  }
}

function mismatch(what: string): UserError {
  return new UserError(
    'weights-mismatch',
    `${what}.`,
    'Give the weights of the same model, as a run of this experiment writes them.',
  );
}
