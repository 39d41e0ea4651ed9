import path from 'node:path';
import type { Command } from 'commander';
import { loadEngine } from '../../engine/registry';
import { DEFAULT_SEED } from '../../protocol/jobSpec';
import { calibrateModel } from '../../quantize/calibration/calibrateModel';
import type { Calibration } from '../../quantize/calibration/gatherCalibration';
import { threadPool } from '../../quantize/kernels/threadPool';
import { openAnyModel } from '../../quantize/native/open';
import { repeated, wholeNumber } from '../flags';
import type { Run, Session } from '../session';
import type { Style } from '../style';
import { renderFacts, renderTable } from '../table';
import { formatCount, formatNumber, shortName } from '../units';

interface CalibrateFlags {
  readonly text?: string;
  readonly samples?: number;
  readonly keep: readonly string[];
  readonly out?: string;
  readonly force?: true;
}

export function addCalibrate(program: Command, run: Run): void {
  program
    .command('calibrate')
    .argument('<file>', 'the model.json of a TensorFlow.js model')
    .description('run a model to learn which errors of its weights matter, for quantize --calibration')
    .option('--text <file>', 'a text file, one sample a line (default: random inputs)')
    .option('--samples <n>', 'samples at most (default: 400 lines, or 64 random inputs)', wholeNumber(1))
    .option('--keep <glob>', 'leave tensors of this name out; may be repeated', repeated, [])
    .option('--out <path>', 'the file to write (default: model.statistics.safetensors beside model.json)')
    .option('--force', 'replace the file to write where it exists')
    .addHelpText('after', '\nExample:\n  weightroom calibrate model.json --text lines.txt')
    .action((file: string, options: CalibrateFlags) =>
      run(
        async (session) => {
          const { atOnce } = session.interruption;
          const calibration = await session.interruption.race(calibrate(session, file, options), atOnce);
          session.answer(documentOf(calibration), (style) => answerText(calibration, style));
        },
        { stopsItself: true },
      ),
    );
}

async function calibrate(
  { options, interruption, progress }: Session,
  file: string,
  { text, samples, keep, out, force }: CalibrateFlags,
): Promise<Calibration> {
  const { threads, engine = 'best', seed = DEFAULT_SEED } = options;
  const source = await openAnyModel(file);
  const pool = threadPool(threads);
  try {
    const { tf } = await loadEngine(engine, threads === undefined ? {} : { threads });
    return await calibrateModel(tf, source, out ?? defaultOutput(file), {
      text,
      samples,
      keep,
      seed,
      pool,
      force: force === true,
      signal: interruption.clean,
      onProgress: (done, total, what) => progress.update({ what, done, total, unit: 'samples' }),
    });
  } finally {
    await pool.dispose();
    await source.close();
  }
}

/** `model.json` → `model.statistics.safetensors`. */
function defaultOutput(file: string): string {
  const { dir, name } = path.parse(file);
  return path.join(dir, `${name}.statistics.safetensors`);
}

function documentOf({ file, source, layers }: Calibration) {
  return {
    output: file,
    source,
    layers: Array.from(layers, ([name, { kind, inputs, samples, sensitivity }]) => ({
      name,
      kind,
      inputs,
      samples,
      sensitivity,
    })),
  };
}

function answerText({ file, source, layers }: Calibration, style: Style): string {
  const table = renderTable(
    [
      { title: 'Tensor' },
      { title: 'Statistics' },
      { title: 'Inputs', right: true },
      { title: 'Samples', right: true },
      { title: 'Sensitivity', right: true },
    ],
    Array.from(layers, ([name, { kind, inputs, samples, sensitivity }]) => [
      shortName(name),
      kind,
      String(inputs),
      formatCount(samples),
      sensitivity === undefined ? '' : formatNumber(sensitivity),
    ]),
    style,
  );
  return `${table}\n\n${renderFacts(
    [
      ['Written', file],
      ['From', source],
    ],
    style,
  )}`;
}
