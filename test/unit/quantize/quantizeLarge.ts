/** Quantizes argv[2] to argv[3] by round to nearest in the native form, and prints what it took. */
import { openModel } from '../../../src/modelfile/open';
import { quantizeSpec, quantizeWhole } from './modelFiles';

async function main(input: string, output: string): Promise<void> {
  const model = await openModel(input);
  const spec = quantizeSpec(input, output, { method: 'rtn', form: 'native', groupSize: 1024 });
  const { summary } = await quantizeWhole(model, spec);
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ peak, bits: summary.bitsPerWeight.file, distortion: summary.distortion }));
}

void main(process.argv[2]!, process.argv[3]!);
