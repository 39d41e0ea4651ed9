import { numberAt, oneOfAt, type JsonObject } from '../../protocol/validate';
import { damaged } from '../damage';
import type { OpenDecoder } from '../decoder';
import { FieldReader } from '../fieldReader';
import { elementCount } from '../matrixShape';
import { decodeChunk, type ChunkSettings } from './decodeChunk';
import { chunkMatrices } from './layout';
import { MIXINGS } from './spreading';
import type { UnitDecoder } from './unitCode';

/** The decoder of a method that codes spread chunks. The head is empty. */
export function incoherentDecoder(openCode: (coding: JsonObject, seed: number) => UnitDecoder): OpenDecoder {
  return (coding, shape, head) => {
    const size = elementCount(shape);
    const columns = numberAt(coding['columns'], 'columns', { min: 1, max: size, integer: true });
    if (size % columns !== 0) throw damaged(`${size} weights are no rows of ${columns}`);
    const settings: ChunkSettings = {
      seed: numberAt(coding['seed'], 'seed', { min: 0, max: 2 ** 32 - 1, integer: true }),
      mixing: oneOfAt(coding['mixing'], 'mixing', MIXINGS),
      rowsAScale: numberAt(coding['rowsAScale'], 'rowsAScale', { min: 1, integer: true }),
    };
    const code = openCode(coding, settings.seed);
    new FieldReader(head).end();
    const ranges = chunkMatrices(size, columns);
    return {
      ranges,
      decode: (index, chunk) => decodeChunk(chunk, ranges[index]!, settings, code),
    };
  };
}
