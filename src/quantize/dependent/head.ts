import { damaged } from '../damage';
import { BitReader, bitWidth, BitWriter } from './bitStream';
import { levelCount, type EntropyModel } from './entropyModel';
import { readTable, writeTable } from './frequencyTable';
import { rowCount, type Layout } from './layout';
import { SMALLEST_STEP } from './rowSteps';

/** What all chunks of a tensor share. */
export interface Head {
  /** The step, a float32; that of all rows where they have none of their own. */
  readonly step: number;
  /** By how many quarter octaves the step of each row is larger. */
  readonly rowQuarters?: Uint8Array;
  readonly model: EntropyModel;
}

const WIDTH_BITS = 3;
const CLASS_BITS = 4;
const LEVEL_BITS = 7;

/** The bytes of a head: one stream of bits, docs/native-format.md. */
export function encodeHead({ step, rowQuarters, model }: Head): Uint8Array {
  const { rowLevels, columnLevels, classStarts, tables } = model;
  const writer = new BitWriter();
  writer.write(new Uint32Array(Float32Array.of(step).buffer)[0]!, 32);
  writer.write(rowQuarters ? 1 : 0, 1);
  writer.write(rowLevels ? 1 : 0, 1);
  writer.write(columnLevels ? 1 : 0, 1);
  if (rowQuarters) writeLevels(writer, rowQuarters);
  if (rowLevels) writeLevels(writer, rowLevels);
  if (columnLevels) writeLevels(writer, columnLevels);
  writer.write(classStarts.length - 1, CLASS_BITS);
  for (const start of classStarts.slice(1)) writer.write(start, LEVEL_BITS);
  for (const [i, table] of tables.entries()) writeTable(writer, i % 2 === 0 ? 0 : 1, table);
  return writer.finish();
}

/**
 * Reads a head.
 * @throws UserError `native-damaged`
 */
export function parseHead(bytes: Uint8Array, layout: Layout): Head {
  const reader = new BitReader(bytes);
  const step = new Float32Array(Uint32Array.of(reader.read(32)).buffer)[0]!;
  if (!(step >= SMALLEST_STEP && step < Infinity)) throw damaged('its step is out of range');
  const [hasRowSteps, hasRowLevels, hasColumnLevels] = [reader.read(1), reader.read(1), reader.read(1)];
  const rows = rowCount(layout);
  const rowQuarters = hasRowSteps === 1 ? readLevels(reader, rows) : undefined;
  const rowLevels = hasRowLevels === 1 ? readLevels(reader, rows) : undefined;
  const columnLevels = hasColumnLevels === 1 ? readLevels(reader, layout.columns) : undefined;
  const classStarts = [0];
  const classes = reader.read(CLASS_BITS) + 1;
  while (classStarts.length < classes) classStarts.push(reader.read(LEVEL_BITS));
  const tables = Array.from({ length: 2 * classes }, (_, i) => readTable(reader, i % 2 === 0 ? 0 : 1));
  reader.finish();
  return {
    step,
    ...(rowQuarters && { rowQuarters }),
    model: {
      ...(rowLevels && { rowLevels }),
      ...(columnLevels && { columnLevels }),
      classStarts,
      tables,
    },
  };
}

function writeLevels(writer: BitWriter, levels: Uint8Array): void {
  const width = bitWidth(levelCount(levels) - 1);
  writer.write(width, WIDTH_BITS);
  for (const level of levels) writer.write(level, width);
}

/** Memory is taken only for levels that have their bits in the head. */
function readLevels(reader: BitReader, count: number): Uint8Array {
  const width = reader.read(WIDTH_BITS);
  reader.expect(count * width);
  const levels = new Uint8Array(count);
  for (let i = 0; i < count; i++) levels[i] = reader.read(width);
  return levels;
}
