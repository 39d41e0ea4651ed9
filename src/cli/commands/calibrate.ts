import path from 'node:path';
import type { Command } from 'commander';
import { loadEngine } from '../../engine/registry';
import { DEFAULT_SEED } from '../../protocol/jobSpec';
import { UserError } from '../../protocol/userError';
import { calibrateModel } from '../../quantize/calibration/calibrateModel';
import type { Calibration } from '../../quantize/calibration/gatherCalibration';
import { threadPool } from '../../quantize/kernels/threadPool';
import { openAnyModel } from '../../quantize/native/open';
import { calibrateExperiment } from '../../train/calibrateExperiment';
import { repeated, wholeNumber } from '../flags';
import type { Run, Session } from '../session';
import type { Style } from '../style';
import { renderFacts, renderTable } from '../table';
import { formatCount, formatNumber, shortName } from '../units';

interface CalibrateFlags {
  readonly weights?: string;
  readonly text?: string;
  readonly samples?: number;
  readonly keep: readonly string[];
  readonly out?: string;
  readonly force?: true;
}

export function addCalibrate(program: Command, run: Run): void {
  program
    .command('calibrate')
    .argument('<file>', 'the model.json of a TensorFlow.js model, or an experiment')
    .description('run a model to learn which errors of its weights matter, for quantize --calibration')
    .option(
      '--weights <file>',
      'of an experiment: the weights that it trained; its training data are the samples',
    )
    .option('--text <file>', 'of a model: a text file, one sample a line (default: random inputs)')
    .option(
      '--samples <n>',
      'samples at most (default: 400 lines or training examples, or 64 random inputs)',
      wholeNumber(1),
    )
    .option('--keep <glob>', 'leave tensors of this name out; may be repeated', repeated, [])
    .option('--out <path>', 'the file to write (default: model.statistics.safetensors beside the model)')
    .option('--force', 'replace the file to write where it exists')
    .addHelpText(
      'after',
      '\nExamples:\n  weightroom calibrate model.json --text lines.txt\n' +
        '  weightroom calibrate text-transformer.ts --weights model.safetensors',
    )
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
  { weights, text, samples, keep, out, force }: CalibrateFlags,
): Promise<Calibration> {
  const isExperiment = /\.[cm]?[jt]s$/i.test(file);
  checkFlags(isExperiment, { weights, text });
  const { threads, engine = 'best', seed = DEFAULT_SEED } = options;
  const pool = threadPool(threads);
  try {
    const { tf } = await loadEngine(engine, threads === undefined ? {} : { threads });
    const output = out ?? defaultOutput(weights ?? file);
    const gathering = {
      samples,
      keep,
      pool,
      force: force === true,
      signal: interruption.clean,
      onProgress: (done: number, total: number, what: string) =>
        progress.update({ what, done, total, unit: 'samples' }),
    };
    if (weights !== undefined) {
      const experiment = path.resolve(file);
      return await calibrateExperiment(tf, output, { ...gathering, experiment, weights });
    }
    const source = await openAnyModel(file);
    try {
      return await calibrateModel(tf, source, output, { ...gathering, text, seed });
    } finally {
      await source.close();
    }
  } finally {
    await pool.dispose();
  }
}

/** @throws UserError `weights-missing`, or `flag-not-offered` where a flag is for the other kind of file */
function checkFlags(
  isExperiment: boolean,
  { weights, text }: { readonly weights: string | undefined; readonly text: string | undefined },
): void {
  if (isExperiment && weights === undefined) {
    throw new UserError(
      'weights-missing',
      'An experiment has no weights of its own.',
      'Give those that it trained: --weights model.safetensors.',
    );
  }
  const [flag, given] = isExperiment ? (['--text', text] as const) : (['--weights', weights] as const);
  if (given === undefined) return;
  throw new UserError(
    'flag-not-offered',
    isExperiment
      ? `${flag} is for a model.json; an experiment is calibrated on its training data.`
      : `${flag} is for an experiment; a model.json has its weights.`,
    `Leave ${flag} out.`,
  );
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
