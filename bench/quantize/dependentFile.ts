import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { distFolder } from '../../src/engine/distFolder';
import type { BenchContext, BenchRow } from '../bench';
import { summarize } from '../measure';
import type { FileReport } from './quantizeFile';
import { writeNormalModel } from './normalModel';

const SIDE = 2048;

/** A model of 100 million weights from file to file at 3 bits: time and memory of the whole process. */
export async function* dependentFile(context: BenchContext): AsyncGenerator<BenchRow> {
  const tensors = context.quick ? 6 : 24;
  const millions = Math.round((tensors * SIDE * SIDE) / 1e6);
  const folder = await mkdtemp(path.join(tmpdir(), 'weightroom-bench-'));
  try {
    context.progress(`writing a model of ${millions} million weights`);
    const input = path.join(folder, 'model.safetensors');
    await writeNormalModel(input, tensors, SIDE);
    const reports: FileReport[] = [];
    for (let k = 0; k < (context.quick ? 1 : 3); k++) {
      context.progress(`dependent: ${millions} million weights from file to file`);
      reports.push(await quantizeInProcess(input, path.join(folder, 'out.safetensors')));
    }
    const threads = availableParallelism();
    const of = (key: keyof FileReport) => summarize(reports.map((report) => report[key]));
    const { bits, distortion } = reports[0]!;
    const processor = of('processorSeconds').median.toFixed(1);
    yield {
      id: 'dependent.file.seconds',
      what: `dependent, balanced, 3 bits: ${millions} million weights from file to file, ${threads} threads`,
      unit: 's',
      ours: of('seconds'),
      peers: {},
      target: (10 * millions) / 100,
      note:
        `${bits.toFixed(4)} true bits a weight, D ${distortion.toFixed(5)}; ${processor} s of processor time; ` +
        'the target is 10 s for 100 million',
    };
    yield {
      id: 'dependent.file.memory',
      what: `dependent: memory of the process at its peak, largest tensor ${(4 * SIDE * SIDE) / 2 ** 20} MiB`,
      unit: 'MB',
      ours: of('megabytes'),
      peers: {},
      note: `the file has ${4 * millions} MB`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function quantizeInProcess(input: string, output: string): Promise<FileReport> {
  const script = path.join(distFolder(), 'bench', 'quantizeFile.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, input, output]);
  return JSON.parse(stdout) as FileReport;
}
