import { numberAt } from '../../protocol/validate';
import { damaged } from '../damage';
import type { OpenDecoder } from '../decoder';
import { elementCount } from '../matrixShape';
import { splitStreams } from './chunk';
import { fillClasses } from './entropyModel';
import { parseHead } from './head';
import { CHUNK_LIMITS, chunkRanges, rowPieces, type Layout } from './layout';
import { createPlainStreamDecoder } from './plainStreamDecoder';
import { rowStep } from './rowSteps';
import type { StreamDecoder } from './streamDecoder';
import { createStreamKernel, hasStreamKernel } from './streamKernel';
import { trellisOf } from './trellis';

/** Decodes tensors of the method `dependent`, docs/native-format.md. Works in browsers. */
export const openDependent: OpenDecoder = (coding, shape, head) => {
  const create = hasStreamKernel() ? createStreamKernel : createPlainStreamDecoder;
  const size = elementCount(shape);
  const trellis = trellisOf(numberAt(coding['stateBits'], 'stateBits'));
  if (trellis === undefined) throw damaged(`there is no trellis of ${String(coding['stateBits'])} bits`);
  const layout: Layout = {
    size,
    columns: numberAt(coding['columns'], 'columns', { min: 1, max: size, integer: true }),
    chunk: numberAt(coding['chunk'], 'chunk', { ...CHUNK_LIMITS, integer: true }),
  };
  const { step, rowQuarters, model } = parseHead(head, layout);
  const stepOf = (row: number) => rowStep(step, rowQuarters?.[row] ?? 0);
  if (rowQuarters?.some((_, row) => stepOf(row) === Infinity)) throw damaged('its steps are out of range');
  const ranges = chunkRanges(layout);
  const longest = Math.min(size, layout.chunk);
  let decoder: StreamDecoder | undefined;
  let classesOfLongest: Uint8Array | undefined;

  return {
    ranges,
    decode(index, chunk) {
      const range = ranges[index]!;
      const length = range.end - range.start;
      decoder ??= create(trellis, model.tables, longest);
      classesOfLongest ??= new Uint8Array(longest);
      const classes = classesOfLongest.subarray(0, length);
      fillClasses(model, layout, range, classes);
      const steps = [...rowPieces(layout, range)].map(({ row, start, end }) => ({
        start: start - range.start,
        end: end - range.start,
        step: stepOf(row),
      }));
      const weights = decoder.decode(splitStreams(chunk, length), classes, steps);
      if (weights === undefined) throw damaged('its codes end in the wrong place');
      return weights;
    },
  };
};
