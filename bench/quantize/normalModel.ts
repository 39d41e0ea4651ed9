import { createSafetensorsWriter } from '../../src/modelfile/write';
import { Random } from '../../src/math/random';
import { normalWeights } from './sources';

/** One MiB of normal numbers is drawn and repeated, for drawing is slow. */
const BLOCK = 2 ** 18;

/** Writes a safetensors file of square float32 matrices whose rows have sizes of their own. */
export async function writeNormalModel(file: string, tensors: number, side: number): Promise<void> {
  const entries = Array.from({ length: tensors }, (_, i) => ({
    name: `layer.${i}.weight`,
    dtype: 'F32' as const,
    shape: [side, side],
  }));
  const block = normalWeights(BLOCK, 1);
  const random = new Random(2);
  const writer = await createSafetensorsWriter(file, entries, {}, { force: true });
  for (const { name } of entries) {
    const weights = new Float32Array(side * side);
    for (let row = 0; row < side; row++) {
      const size = 0.02 * Math.exp(0.3 * random.normal());
      const from = random.integer(BLOCK - side);
      for (let i = 0; i < side; i++) weights[row * side + i] = size * block[from + i]!;
    }
    await writer.write(name, new Uint8Array(weights.buffer));
  }
  await writer.finish();
}
