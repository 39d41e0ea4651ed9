import { Random } from '../../math/random';

/** How unequally the energy of a matrix is spread. */
export interface Unevenness {
  /** Largest root mean square of a row over that of the matrix; about 1 where all rows are alike. */
  readonly rows: number;
  /** The same of columns. */
  readonly columns: number;
  /** Share of the squared norm that is in the leading singular vectors: 1 for a matrix of rank one. */
  readonly leading: number;
}

/** Multiplications by AᵀA: enough to tell a share of a half from one of a tenth. */
const POWER_ROUNDS = 10;

/** Measures a matrix, row-major `[rows, columns]`, that is not all zeros. */
export function measureUnevenness(values: Float32Array, rows: number): Unevenness {
  const columns = values.length / rows;
  const rowSquares = new Float64Array(rows);
  const columnSquares = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) {
    const square = values[i]! ** 2;
    rowSquares[Math.floor(i / columns)]! += square;
    columnSquares[i % columns]! += square;
  }
  const total = rowSquares.reduce((sum, value) => sum + value, 0);
  const largest = (squares: Float64Array) => squares.reduce((most, value) => Math.max(most, value), 0);
  return {
    rows: Math.sqrt((largest(rowSquares) * rows) / total),
    columns: Math.sqrt((largest(columnSquares) * columns) / total),
    leading: leadingSquare(values, rows) / total,
  };
}

/** ‖A‖₂², from below, by the power method. */
function leadingSquare(values: Float32Array, rows: number): number {
  const columns = values.length / rows;
  const random = new Random(1);
  let direction = Float64Array.from({ length: columns }, () => random.normal());
  let square = 0;
  for (let round = 0; round < POWER_ROUNDS; round++) {
    const norm = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    const next = new Float64Array(columns);
    square = 0;
    for (let row = 0; row < rows; row++) {
      const start = row * columns;
      let product = 0;
      for (let i = 0; i < columns; i++) product += values[start + i]! * (direction[i]! / norm);
      square += product * product;
      for (let i = 0; i < columns; i++) next[i]! += product * values[start + i]!;
    }
    direction = next;
  }
  return square;
}

/** So many times the mean, and a row or a column sticks out; normal numbers come to 1.3 at 32 × 32. */
const UNEVEN = 2.5;
const DOMINANT = 0.5;

/**
 * Why a Kronecker transform makes little progress on such a matrix, for people: one step size for the whole
 * matrix and transforms that mix rows among rows and columns among columns cannot even out what is unequal
 * across them.
 */
export function stallCause({ rows, columns, leading }: Unevenness): string {
  if (leading > DOMINANT) return `${Math.round(100 * leading)} % of its energy is in one direction`;
  const causes = [
    ...(rows > UNEVEN ? [`its largest row is ${rows.toFixed(1)} times the mean`] : []),
    ...(columns > UNEVEN ? [`its largest column is ${columns.toFixed(1)} times the mean`] : []),
  ];
  return causes.length > 0 ? causes.join(' and ') : 'neither factor is flat';
}
