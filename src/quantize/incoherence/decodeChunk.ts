import { damaged } from '../damage';
import { FieldReader } from '../fieldReader';
import { applyScales } from './scales';
import type { Mixing, Sides, Spreading } from './spreading';
import { createSpreading } from './createSpreading';
import type { UnitDecoder } from './unitCode';

/** How the chunks of a tensor are spread and scaled. */
export interface ChunkSettings {
  readonly seed: number;
  readonly mixing: Mixing;
  /** Rows that share a scale. */
  readonly rowsAScale: number;
}

/**
 * Decodes a chunk: f32 unit, u8 scale of each group of rows, codes.
 * @throws UserError `native-damaged`
 */
export function decodeChunk(
  chunk: Uint8Array,
  sides: Sides,
  settings: ChunkSettings,
  code: UnitDecoder,
): Float32Array {
  const { rows, columns } = sides;
  const { seed, mixing, rowsAScale } = settings;
  const count = rows * columns;
  const fields = new FieldReader(chunk);
  const unit = fields.f32();
  const scales = fields.take(Math.ceil(rows / rowsAScale));
  const codes = fields.take(code.byteLength(count));
  fields.end();
  if (!Number.isFinite(unit)) throw damaged('its unit is not finite');
  const decoded = code.decode(codes, count, mixing === 'rows' ? columns : count);
  return restore(
    decoded,
    { unit, scales, group: rowsAScale * columns },
    createSpreading(sides, seed, mixing),
  );
}

interface ChunkScales {
  readonly unit: number;
  readonly scales: Uint8Array;
  /** Weights that share a scale. */
  readonly group: number;
}

/** Weights from decoded numbers, in place; each operation is rounded to float32. */
export function restore(
  decoded: Float32Array,
  { unit, scales, group }: ChunkScales,
  spreading: Spreading,
): Float32Array {
  applyScales(decoded, scales, group);
  spreading.gather(decoded);
  for (let i = 0; i < decoded.length; i++) decoded[i] = decoded[i]! * unit;
  return decoded;
}
