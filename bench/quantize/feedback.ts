import { defaultGroupSize, offersBits, QUANTIZATION_METHODS } from '../../src/protocol/jobSpec';
import type { LayerStatistics } from '../../src/quantize/calibration/statistics';
import { outputError } from '../../src/quantize/feedback/outputError';
import { quantizeLayer } from '../../src/quantize/feedback/quantizeLayer';
import { inlinePool } from '../../src/quantize/kernels/pool';
import type { QuantizedTensor, QuantizeOptions } from '../../src/quantize/method';
import { packedTensorLength } from '../../src/quantize/packedTensor';
import { quantizationMethod } from '../../src/quantize/registry';
import type { BenchContext, BenchRow } from '../bench';
import { summarize } from '../measure';
import { transformerLayer } from './transformerLayer';

const [INPUTS, OUTPUTS] = [512, 384];

const BITS = [2, 4];

/** How many times smaller error feedback makes the error of a layer's output, for every code that can have it. */
export async function* feedback(context: BenchContext): AsyncGenerator<BenchRow> {
  const layers = (context.quick ? [1] : [1, 2, 3]).map((seed) => transformerLayer(INPUTS, OUTPUTS, seed));
  for (const id of QUANTIZATION_METHODS) {
    const method = quantizationMethod(id);
    if (method.startRows === undefined) continue;
    for (const bits of BITS.filter((value) => offersBits(id, value))) {
      context.progress(`error feedback, ${id}, ${bits} bits`);
      const options: QuantizeOptions = {
        bits,
        groupSize: defaultGroupSize(id),
        range: 'mse',
        seed: 1,
        preset: 'balanced',
        pool: inlinePool,
      };
      const results = [];
      for (const { weights, hessian } of layers) {
        const statistics: LayerStatistics = {
          kind: 'hessian',
          inputs: INPUTS,
          values: hessian,
          samples: 1,
          outputsFirst: false,
        };
        const plain = await method.quantize(weights, [INPUTS, OUTPUTS], options);
        const fed = await quantizeLayer(weights, statistics, method, options);
        const without = outputError(hessian, INPUTS, weights, plain.values);
        // What feedback costs in bits is no gain: a bit a weight is worth a factor of four.
        const paid = 4 ** (trueBits(fed) - trueBits(plain));
        results.push({ ratio: without / (fed.outputError * paid), without, with: fed.outputError });
      }
      const { without, with: fed } = results[0]!;
      yield {
        id: `feedback.${id}.${bits}`,
        what: `${id}, ${bits} bits: output error of a layer of ${INPUTS} × ${OUTPUTS} without feedback over that with it`,
        unit: 'times',
        ours: summarize(results.map(({ ratio }) => ratio)),
        peers: {},
        target: 2,
        note: `relative output error ${without.toPrecision(3)} → ${fed.toPrecision(3)}; at equal true bits`,
      };
    }
  }
}

function trueBits({ packed, values }: QuantizedTensor): number {
  return (8 * packedTensorLength(packed)) / values.length;
}
