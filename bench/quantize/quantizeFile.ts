/** Quantizes argv[2] to argv[3] by `dependent` at 3 bits as a job does, and prints what it took. */
import { openModel } from '../../src/modelfile/open';
import { quantizeSpec } from '../../src/protocol/jobSpec';
import { threadPool } from '../../src/quantize/kernels/threadPool';
import { quantizeModel } from '../../src/quantize/quantizeModel';

export interface FileReport {
  /** From the start of the process to the end of the file. */
  readonly seconds: number;
  /** Seconds of processor time, all threads together: what a busy machine does not change. */
  readonly processorSeconds: number;
  /** Resident memory at its peak, threads included. */
  readonly megabytes: number;
  readonly bits: number;
  readonly distortion: number;
}

async function main(input: string, output: string): Promise<void> {
  const model = await openModel(input);
  const pool = threadPool();
  const spec = quantizeSpec({ input, output, method: 'dependent', bits: 3, form: 'native', force: true });
  const run = quantizeModel(model, spec, { signal: new AbortController().signal, pool });
  let step = await run.next();
  while (step.done !== true) step = await run.next();
  await pool.dispose();
  const { user, system } = process.cpuUsage();
  const report: FileReport = {
    seconds: performance.now() / 1000,
    processorSeconds: (user + system) / 1e6,
    megabytes: process.resourceUsage().maxRSS / 1000,
    bits: step.value.bitsPerWeight.weights,
    distortion: step.value.distortion,
  };
  console.log(JSON.stringify(report));
}

void main(process.argv[2]!, process.argv[3]!);
