import type { TensorResult } from '../../../src/protocol/events';
import { formatCount, formatDecibels, formatNumber, formatShape } from '../format';
import { healthOf, type Health } from './health';
import { weights } from './wholeModel';

/** One column of the table of tensors. */
export interface TensorColumn {
  readonly id: string;
  readonly label: string;
  /** Estimator and unit: the hover of the column's head. */
  readonly title: string;
  readonly numeric: boolean;
  readonly text: (tensor: TensorResult) => string;
  /** What the column is sorted by. */
  readonly key: (tensor: TensorResult) => string | number;
  /** Whether a tensor has something to show here; a column that none has is left out. */
  readonly has?: (tensor: TensorResult) => boolean;
}

export const TENSOR_COLUMNS: readonly TensorColumn[] = [
  {
    id: 'name',
    label: 'Tensor',
    title: 'Name of the tensor in the file',
    numeric: false,
    text: (t) => t.name,
    key: (t) => t.name,
  },
  {
    id: 'shape',
    label: 'Shape',
    title: 'Sizes of the dimensions; sorted by the number of weights',
    numeric: true,
    text: (t) => formatShape(t.shape),
    key: (t) => weights(t),
  },
  {
    id: 'action',
    label: 'Action',
    title: 'Whether the tensor was quantized, or copied unchanged and why',
    numeric: false,
    text: (t) =>
      t.action === 'quantized' ? 'quantized' : `kept${t.reason === undefined ? '' : `: ${t.reason}`}`,
    key: (t) => t.action,
  },
  {
    id: 'bits',
    label: 'Bits',
    title: 'Bits a weight in the native file: codes, levels and scales',
    numeric: true,
    text: (t) => t.bits.toFixed(t.action === 'quantized' ? 3 : 0),
    key: (t) => t.bits,
  },
  {
    id: 'outputError',
    label: 'Output error',
    title:
      'What calibration is for: mean squared change of the layer’s output, divided by the output’s mean square, on what the model was calibrated with',
    numeric: true,
    text: (t) => (t.outputError === undefined ? '' : formatNumber(t.outputError, 3)),
    key: (t) => t.outputError ?? 0,
    has: (t) => t.outputError !== undefined,
  },
  {
    id: 'distortion',
    label: 'Distortion',
    title: 'Mean squared error divided by the mean square of the tensor, over all its weights',
    numeric: true,
    text: (t) => (t.action === 'quantized' ? formatNumber(t.distortion, 3) : ''),
    key: (t) => t.distortion,
  },
  {
    id: 'snr',
    label: 'SNR',
    title: 'Signal-to-noise ratio: −10·log₁₀ of the distortion, in decibels',
    numeric: true,
    text: (t) => (t.action === 'quantized' ? formatDecibels(t.snrDb) : ''),
    key: (t) => t.snrDb,
  },
  {
    id: 'iterations',
    label: 'Steps',
    title: 'Steps that the decomposition took',
    numeric: true,
    text: (t) => (t.iterations > 0 ? formatCount(t.iterations) : ''),
    key: (t) => t.iterations,
    has: (t) => t.iterations > 0,
  },
  {
    id: 'health',
    label: 'ρ',
    title:
      'Health ratio of the decomposition, mean over its steps: healthy near 0.75 to 0.8, stalled below 0.4',
    numeric: true,
    text: (t) => healthText(healthOf(t.decomposition)),
    key: (t) => healthOf(t.decomposition)?.mean ?? Infinity,
    has: (t) => healthOf(t.decomposition) !== undefined,
  },
];

export interface TensorOrder {
  /** Id of a column; absent for the order of the file. */
  readonly column?: string;
  readonly descending: boolean;
}

/** The tensors in an order; equal ones stay as in the file. */
export function sortTensors(tensors: readonly TensorResult[], order: TensorOrder): readonly TensorResult[] {
  const column = TENSOR_COLUMNS.find(({ id }) => id === order.column);
  if (!column) return tensors;
  const sign = order.descending ? -1 : 1;
  return [...tensors].sort((a, b) => sign * compare(column.key(a), column.key(b)));
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'string' || typeof b === 'string') {
    return String(a).localeCompare(String(b), 'en', { numeric: true });
  }
  // Two infinities are equal; their difference is not a number.
  return a === b ? 0 : a - b;
}

/** The columns that have something to show of these tensors. */
export function columnsOf(tensors: readonly TensorResult[]): readonly TensorColumn[] {
  return TENSOR_COLUMNS.filter(({ has }) => has === undefined || tensors.some(has));
}

function healthText(health: Health | undefined): string {
  if (!health) return '';
  return `${health.verdict === 'stalled' ? 'stalled ' : ''}${health.mean.toFixed(2)}`;
}
