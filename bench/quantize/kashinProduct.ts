import { DEFAULT_PRESET } from '../../src/protocol/jobSpec';
import { kashinAlternating } from '../../src/quantize/kashin/kashinAlternating';
import { openKashinMatrix } from '../../src/quantize/kashin/product';
import { inlinePool } from '../../src/quantize/kernels/pool';
import type { BenchContext, BenchRow } from '../bench';
import { scaled, timeProcessor } from '../measure';
import { normalWeights } from './sources';

const [ROWS, COLUMNS] = [1024, 1024];

/** Products from packed codes, W x = S·(U x + V (P x)), beside those of the rebuilt matrix. */
export async function* kashinProduct(context: BenchContext): AsyncGenerator<BenchRow> {
  context.progress('products without rebuilding the matrix');
  const { values, packed, coding } = await kashinAlternating.quantize(
    normalWeights(ROWS * COLUMNS, 1),
    [ROWS, COLUMNS],
    {
      bits: 4,
      groupSize: 4096,
      range: 'mse',
      seed: 1,
      preset: DEFAULT_PRESET,
      pool: inlinePool,
      transform: 'rows',
    },
  );
  const matrix = openKashinMatrix(coding, [ROWS, COLUMNS], packed);
  const x = normalWeights(COLUMNS, 2);
  const times = context.quick ? 25 : 100;
  const perWeight = (work: () => void) => scaled(timeProcessor(times, work), 1e9 / (ROWS * COLUMNS));
  const bytes = packed.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const dense = perWeight(() => denseProduct(values, x));
  for (const [id, what, work] of [
    ['multiply', 'W x', () => matrix.multiply(x)],
    ['multiply-transposed', 'Wᵀ y', () => matrix.multiplyTransposed(x)],
  ] as const) {
    yield {
      id: `kashin.${id}`,
      what: `${what} from codes of 4 bits, ${ROWS} × ${COLUMNS}, one thread`,
      unit: 'ns a weight',
      ours: perWeight(work),
      peers: { 'W x of float32 weights, the same language': dense },
      note: `reads ${(bytes / 1e6).toFixed(2)} MB where float32 has ${((4 * values.length) / 1e6).toFixed(2)} MB`,
    };
  }
}

function denseProduct(weights: Float32Array, x: Float32Array): Float32Array {
  const product = new Float32Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const start = row * COLUMNS;
    let sum = 0;
    for (let i = 0; i < COLUMNS; i++) sum += weights[start + i]! * x[i]!;
    product[row] = sum;
  }
  return product;
}
