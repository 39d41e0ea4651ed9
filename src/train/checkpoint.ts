import type { TensorFlow } from '../engine/engine';
import type { DType } from '../modelfile/model';
import { openModel } from '../modelfile/open';
import { createSafetensorsWriter, type WriteOptions } from '../modelfile/write';
import { UserError } from '../protocol/userError';
import { numberAt, objectAt, stringAt } from '../protocol/validate';
import { assignTensor } from './assignTensor';
import type { NamedVariable } from './optimizers/optimizer';
import type { Best, Final } from './scoreboard';

/** Where a run stands: with the tensors, all that its continuation depends on. */
export interface Position {
  /** Steps done. */
  readonly step: number;
  /** The step after which the model was tested last. */
  readonly tested: number;
  readonly final: Final;
  readonly best: Best;
  /** What the instruments remember, as JSON; checkpoints of old do not have it. */
  readonly instruments?: unknown;
  /** λmax that the optimizer's step follows from. */
  readonly curvature?: number;
  /** The largest λmax that was measured; checkpoints of old do not have it. */
  readonly steepestCurvature?: number;
}

/** What must be the same in the run that goes on, lest its batches be others. */
export interface Identity {
  readonly optimizer: string;
  readonly batchSize: number;
  readonly seed: number;
  readonly trainSize: number;
}

/** The one key of the file's metadata; its value is JSON. */
const METADATA_KEY = 'weightroom.checkpoint';

const DTYPE_OF: Readonly<Record<string, DType>> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };

/**
 * Writes tensors and position into one safetensors file, which replaces an earlier one in one rename: a
 * crash leaves the old checkpoint or the new one, never half of each.
 */
export async function saveCheckpoint(
  file: string,
  position: Position,
  identity: Identity,
  tensors: readonly NamedVariable[],
): Promise<void> {
  const record = JSON.stringify({ ...position, identity });
  await saveTensors(file, tensors, { [METADATA_KEY]: record }, { force: true });
}

/** Writes tensors into a new safetensors file, one after another, so that only one is in memory twice. */
export async function saveTensors(
  file: string,
  tensors: readonly NamedVariable[],
  metadata: Readonly<Record<string, string>>,
  options: WriteOptions,
): Promise<void> {
  const entries = tensors.map(({ name, variable }) => ({
    name,
    dtype: DTYPE_OF[variable.dtype]!,
    shape: variable.shape,
  }));
  const writer = await createSafetensorsWriter(file, entries, metadata, options);
  try {
    for (const { name, variable } of tensors) {
      const values = await variable.data();
      await writer.write(name, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/**
 * Reads a checkpoint into the variables of a model and an optimizer that were built as those of the
 * earlier run.
 * @throws UserError `checkpoint-mismatch` where they were not; the errors of `openModel` for a bad file
 */
export async function restoreCheckpoint(
  tf: TensorFlow,
  file: string,
  identity: Identity,
  tensors: readonly NamedVariable[],
): Promise<Position> {
  const model = await openModel(file);
  try {
    const { [METADATA_KEY]: record } = model.metadata;
    if (record === undefined) throw mismatch(`${file} is not a checkpoint`);
    const { position, identity: earlier } = parseRecord(record);
    for (const key of ['optimizer', 'batchSize', 'seed', 'trainSize'] as const) {
      if (earlier[key] !== identity[key]) {
        throw mismatch(`The earlier run had ${key} ${earlier[key]}, this one has ${identity[key]}`);
      }
    }
    const entries = new Map(model.tensors.map((entry) => [entry.name, entry]));
    if (entries.size !== tensors.length) {
      throw mismatch(
        'The model has other layers than in the earlier run, or only one of the runs averages its weights or ' +
          'follows the curvature',
      );
    }
    for (const { name, variable } of tensors) {
      const entry = entries.get(name);
      if (String(entry?.shape) !== String(variable.shape) || entry?.dtype !== DTYPE_OF[variable.dtype]) {
        throw mismatch(`The earlier run has no ${name} of shape [${variable.shape.join(', ')}]`);
      }
      assignTensor(tf, variable, typedValues(await model.readBytes(name), variable.dtype));
    }
    return position;
  } finally {
    await model.close();
  }
}

function typedValues(bytes: Uint8Array, dtype: string): Float32Array | Int32Array | Uint8Array {
  const own = bytes.slice();
  if (dtype === 'float32') return new Float32Array(own.buffer);
  return dtype === 'int32' ? new Int32Array(own.buffer) : own;
}

function parseRecord(record: string): { position: Position; identity: Identity } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(record);
  } catch (cause) {
    throw new UserError('checkpoint-damaged', 'The checkpoint cannot be read.', 'Start the run afresh.', {
      cause,
    });
  }
  const value = objectAt(parsed, 'checkpoint');
  const identity = objectAt(value['identity'], 'checkpoint.identity');
  const count = { min: 0, integer: true };
  return {
    position: {
      step: numberAt(value['step'], 'checkpoint.step', count),
      tested: numberAt(value['tested'], 'checkpoint.tested', count),
      final: readFinal(value['final']),
      best: readBest(value['best']),
      ...(value['instruments'] !== undefined && { instruments: value['instruments'] }),
      ...(value['curvature'] !== undefined && {
        curvature: numberAt(value['curvature'], 'checkpoint.curvature'),
      }),
      ...(value['steepestCurvature'] !== undefined && {
        steepestCurvature: numberAt(value['steepestCurvature'], 'checkpoint.steepestCurvature'),
      }),
    },
    identity: {
      optimizer: stringAt(identity['optimizer'], 'checkpoint.identity.optimizer'),
      batchSize: numberAt(identity['batchSize'], 'checkpoint.identity.batchSize', count),
      seed: numberAt(identity['seed'], 'checkpoint.identity.seed', count),
      trainSize: numberAt(identity['trainSize'], 'checkpoint.identity.trainSize', count),
    },
  };
}

/** JSON has `null` for a number that is not finite. */
function readFinal(value: unknown): Final {
  const entries = Object.entries(objectAt(value, 'checkpoint.final'));
  return Object.fromEntries(
    entries.map(([name, last]) => [name, last === null ? NaN : numberAt(last, `checkpoint.final.${name}`)]),
  );
}

function readBest(value: unknown): Best {
  const entries = Object.entries(objectAt(value, 'checkpoint.best'));
  return Object.fromEntries(
    entries.map(([name, best]) => {
      const where = `checkpoint.best.${name}`;
      const record = objectAt(best, where);
      const step = numberAt(record['step'], `${where}.step`, { min: 0, integer: true });
      return [name, { value: numberAt(record['value'], `${where}.value`), step }];
    }),
  );
}

function mismatch(what: string): UserError {
  return new UserError(
    'checkpoint-mismatch',
    `${what}.`,
    'Resume with the experiment as it was, or start a new run.',
  );
}
