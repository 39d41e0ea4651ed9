import type { FeedbackMatrix, RowCoder, RowOptions, TensorPlan } from '../method';
import { encodeChunk } from './chunkTasks';
import { codingOf } from './encodeTensor';
import { chooseModel } from './chooseModel';
import { fillClasses } from './entropyModel';
import { encodeHead } from './head';
import { allStreams, chunkRanges, layoutOf } from './layout';
import { logStepFor } from './normalRate';
import { statesFor } from './presets';
import { quarterOctaves, rowStep, SMALLEST_STEP } from './rowSteps';
import { searchFrom, trellisSearch } from './search';
import { fillColumnTargets } from './targets';

/**
 * Codes a matrix under error feedback. The trellis runs on from row to row, but where a stream of the file
 * begins, so that a row more costs nothing. Steps are proportional to `rowSteps` in quarter octaves; the
 * root mean square that a weight is shrunken by is that of its row as it is now, after the errors of all rows
 * above were added, times that of its column at the start relative to its rows.
 */
export function startDependentRows(
  { rows, columns, work, rowSteps }: FeedbackMatrix,
  { bits, preset }: RowOptions,
  plan?: TensorPlan,
): RowCoder {
  const layout = layoutOf(rows * columns, columns);
  const search = trellisSearch(statesFor(preset));
  const { stateBits } = search.trellis;
  const rowRms = Float64Array.from({ length: rows }, (_, r) => rootMeanSquare(rowOf(work, r, columns)));
  const columnRms = relativeColumnRms(work, rowRms, columns);
  const { unit, quarters } = quarterOctaves(rowSteps, 1);
  const sources = Array.from(rowRms, (rms, r) => ({
    weights: columns,
    rms,
    relativeStep: rowStep(unit, quarters[r]!),
  }));
  const scale = plan?.step ?? 2 ** logStepFor(sources, bits);
  const steps = { step: Math.fround(Math.max(SMALLEST_STEP, scale * unit)), rowQuarters: quarters };

  const indices = new Int16Array(layout.size);
  const targets = new Float32Array(columns);
  // With each stream a new path of the trellis begins.
  const starts = allStreams(layout).map(({ start }) => start);
  let state = 0;
  let stream = 0;

  return {
    code(index, reconstruction) {
      const row = rowOf(work, index, columns);
      const step = rowStep(steps.step, quarters[index]!);
      fillColumnTargets(row, { step, rms: rootMeanSquare(row) }, columnRms, targets);
      const begin = index * columns;
      const end = begin + columns;
      for (let from = begin; from < end;) {
        if (starts[stream] === from) {
          state = 0;
          stream++;
        }
        const to = Math.min(end, starts[stream] ?? end);
        const found = indices.subarray(from, to);
        state = searchFrom(search, targets.subarray(from - begin, to - begin), state, found);
        from = to;
      }
      for (let i = 0; i < columns; i++) reconstruction[i] = step * indices[begin + i]!;
    },
    finish() {
      const { model } = chooseModel(indices, layout);
      const chunks = chunkRanges(layout).map((range) => {
        const classes = new Uint8Array(range.end - range.start);
        fillClasses(model, layout, range, classes);
        return encodeChunk(indices.subarray(range.start, range.end), classes, model.tables);
      });
      return {
        packed: { head: encodeHead({ ...steps, model }), chunks },
        coding: codingOf(stateBits, layout),
      };
    },
  };
}

function rowOf(matrix: Float32Array, row: number, columns: number): Float32Array {
  return matrix.subarray(row * columns, (row + 1) * columns);
}

function rootMeanSquare(values: Float32Array): number {
  let squares = 0;
  const { length } = values;
  for (let i = 0; i < length; i++) squares += values[i]! * values[i]!;
  return Math.sqrt(squares / length);
}

/** Root mean square of each column, every row divided by its own. */
function relativeColumnRms(work: Float32Array, rowRms: Float64Array, columns: number): Float64Array {
  const squares = new Float64Array(columns);
  let filled = 0;
  for (const [r, rms] of rowRms.entries()) {
    if (rms === 0) continue;
    filled++;
    const row = rowOf(work, r, columns);
    for (let i = 0; i < columns; i++) squares[i] = squares[i]! + (row[i]! / rms) ** 2;
  }
  return squares.map((sum) => Math.sqrt(sum / Math.max(1, filled)));
}
