import path from 'node:path';
import { badFile } from '../../modelfile/fileErrors';
import type { Model, TensorEntry } from '../../modelfile/model';
import { openModel } from '../../modelfile/open';
import { UserError } from '../../protocol/userError';
import { arrayAt, booleanAt, numberAt, objectAt, optional, stringAt } from '../../protocol/validate';
import { STATISTICS_KINDS, type CalibrationData, type LayerSummary } from './statistics';
import { KEYS, VERSION } from './statisticsLayout';

const CALIBRATE_AGAIN = 'Make the file of statistics again.';

/** How much two numbers of a symmetric matrix may differ, relative to the root of the product of their diagonals. */
const ASYMMETRY = 0.01;

/**
 * Opens a file of statistics. One that another program made needs no metadata: then `outputsFirst` says for
 * each layer whether its weights are `[outputs, inputs]`.
 * @throws UserError `not-statistics`, `statistics-version`, `statistics-damaged`
 */
export async function openStatistics(
  file: string,
  outputsFirst: (tensor: string) => boolean,
): Promise<CalibrationData> {
  const stored = await openModel(file);
  const { metadata } = stored;
  const version = metadata[KEYS.version] ?? VERSION;
  if (version !== VERSION) {
    throw new UserError(
      'statistics-version',
      `${path.basename(file)} has version ${version} of the statistics; this program reads ${VERSION}.`,
      'Update Weightroom.',
    );
  }
  const described = parseSummaries(metadata[KEYS.layers]);
  const layers = new Map<string, LayerSummary>();
  const entries = new Map<string, TensorEntry>();
  for (const entry of stored.tensors) {
    const { tensor, kind } = splitName(stored, entry);
    if (layers.has(tensor)) throw damaged(stored, `${tensor} has statistics of two kinds`);
    entries.set(tensor, entry);
    layers.set(tensor, {
      kind,
      inputs: entry.shape[0]!,
      ...(described.get(tensor) ?? { samples: 0, outputsFirst: outputsFirst(tensor) }),
    });
  }
  return {
    source: metadata[KEYS.source] ?? path.basename(file),
    layers,
    async read(tensor) {
      const layer = layers.get(tensor);
      const entry = entries.get(tensor);
      if (layer === undefined || entry === undefined) throw new Error(`No statistics of ${tensor}`);
      const values = Float64Array.from(await stored.readFloat32(entry.name));
      const problem =
        layer.kind === 'hessian' ? hessianProblem(values, layer.inputs) : momentsProblem(values);
      if (problem !== undefined) throw damaged(stored, `${entry.name} ${problem}`);
      return { ...layer, values };
    },
    close: () => stored.close(),
  };
}

type Described = Pick<LayerSummary, 'samples' | 'outputsFirst' | 'sensitivity'>;

function parseSummaries(json: string | undefined): ReadonlyMap<string, Described> {
  if (json === undefined) return new Map();
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  return new Map(
    arrayAt(value, KEYS.layers).map((item, i): [string, Described] => {
      const at = `${KEYS.layers}[${i}]`;
      const layer = objectAt(item, at);
      const sensitivity = optional(layer['sensitivity'], (v) =>
        numberAt(v, `${at}.sensitivity`, { min: 0, max: Number.MAX_VALUE }),
      );
      return [
        stringAt(layer['name'], `${at}.name`),
        {
          samples: numberAt(layer['samples'], `${at}.samples`, { min: 0, integer: true }),
          outputsFirst: booleanAt(layer['outputsFirst'], `${at}.outputsFirst`),
          ...(sensitivity !== undefined && { sensitivity }),
        },
      ];
    }),
  );
}

function splitName(stored: Model, { name, dtype, shape }: TensorEntry) {
  const kind = STATISTICS_KINDS.find((known) => name.endsWith(`.${known}`));
  if (kind === undefined) {
    throw new UserError(
      'not-statistics',
      `${path.basename(stored.path)} is no file of statistics: its tensor ${name} is no ${STATISTICS_KINDS.join(' or ')}.`,
      'Choose a file that "weightroom calibrate" made, or a text file.',
    );
  }
  const square = shape.length === 2 && shape[0] === shape[1];
  if (dtype !== 'F32' || shape[0] === 0 || !(kind === 'hessian' ? square : shape.length === 1)) {
    throw damaged(stored, `${name} is not F32 of shape ${kind === 'hessian' ? '[n, n]' : '[n]'}`);
  }
  return { tensor: name.slice(0, -kind.length - 1), kind };
}

/** What is wrong with E[x xᵀ]: its diagonal may not be negative, nor the matrix far from symmetric. */
function hessianProblem(values: Float64Array, inputs: number): string | undefined {
  const root = new Float64Array(inputs);
  for (let i = 0; i < inputs; i++) root[i] = Math.sqrt(values[i * inputs + i]!);
  for (let i = 0; i < inputs; i++) {
    if (!Number.isFinite(root[i])) return 'has a diagonal that is negative or not finite';
    for (let j = 0; j < i; j++) {
      const difference = Math.abs(values[i * inputs + j]! - values[j * inputs + i]!);
      if (!(difference <= ASYMMETRY * root[i]! * root[j]!)) return 'is not symmetric, or not finite';
    }
  }
  return undefined;
}

function momentsProblem(values: Float64Array): string | undefined {
  return values.every((value) => value >= 0 && value < Infinity)
    ? undefined
    : 'has numbers that are negative or not finite';
}

function damaged({ path: file }: Model, what: string): UserError {
  return badFile('statistics-damaged', file, `is damaged: ${what}`, CALIBRATE_AGAIN);
}
