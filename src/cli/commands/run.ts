import path from 'node:path';
import { Option, type Command } from 'commander';
import { loadEngine } from '../../engine/registry';
import { COMPILE_MODES, type CompileMode } from '../../protocol/compileMode';
import type { TrainSummary } from '../../protocol/events';
import type { TrainSpec } from '../../protocol/jobSpec';
import type { RunRecord } from '../../protocol/run';
import { UserError } from '../../protocol/userError';
import { printTrainingProgram } from '../../train/printProgram';
import { RUN } from '../arguments';
import { EXIT_CANCELLED } from '../exitCode';
import { override, wholeNumber, type Overrides } from '../flags';
import { executeRun } from '../followRun';
import type { GlobalOptions, Run, Session } from '../session';
import type { Style } from '../style';
import { renderFacts, renderTable } from '../table';
import { formatDuration, formatNumber } from '../units';

interface RunOptions {
  readonly epochs?: number;
  readonly maxSteps?: number;
  readonly set: Overrides;
  readonly compile?: CompileMode;
  readonly weights?: string;
  readonly resume?: string;
  readonly printProgram?: true;
}

/** The JSON of `run`. */
type RunAnswer = Pick<TrainSummary, 'engine' | 'steps' | 'final' | 'best'> & {
  readonly run: string;
  readonly state: string;
  readonly seconds: number;
};

export function addRun(program: Command, run: Run): void {
  program
    .command('run')
    .argument('<experiment>', 'file whose default export is defineExperiment({ … })')
    .description('train the model of an experiment file')
    .option('--epochs <n>', 'passes over the data, instead of what the experiment says', wholeNumber(1))
    .option('--max-steps <n>', 'stop after so many steps; 0 only tests', wholeNumber(0))
    .addOption(
      new Option('--set <path=value>', "a value over the experiment's own; may be repeated")
        .argParser(override)
        .default({}, 'none'),
    )
    .addOption(
      new Option(
        '--compile <mode>',
        'how steps run on the tensorflow engine, instead of what the experiment says',
      ).choices(COMPILE_MODES),
    )
    .option('--weights <file>', 'start from the weights of a model file, quantized or not')
    .option('--resume <run>', `go on from the last checkpoint of an earlier run: ${RUN}`)
    .option('--print-program', 'print what a step computes as one graph, and train nothing')
    .addHelpText(
      'after',
      '\nExample:\n  weightroom run mnist.ts --epochs 5 --set optimizer.learningRate=0.01',
    )
    .action((experiment: string, options: RunOptions) =>
      run(
        async (session) => {
          const spec = await specOf(experiment, options, session);
          if (options.printProgram === true) {
            const program = await programOf(spec);
            session.answer({ program }, () => program);
            return;
          }
          const record = await executeRun(session, spec);
          const document = answerOf(record);
          if (record.summary.state === 'cancelled') session.exitCode = EXIT_CANCELLED;
          session.answer(document, (style) => answerText(document, record, style));
        },
        { stopsItself: true },
      ),
    );
}

async function specOf(experiment: string, options: RunOptions, session: Session): Promise<TrainSpec> {
  const { engine, seed, threads }: GlobalOptions = session.options;
  const { epochs, maxSteps, weights } = options;
  if (weights !== undefined && options.resume !== undefined) {
    throw new UserError(
      'bad-usage',
      '--weights and --resume exclude each other: a checkpoint holds weights.',
      'Give one of them.',
    );
  }
  const resume = options.resume === undefined ? undefined : await trainingRun(session, options.resume);
  return {
    job: 'train',
    experiment: path.resolve(experiment),
    engine: engine ?? 'best',
    overrides: { ...options.set, ...(options.compile !== undefined && { compile: options.compile }) },
    ...(epochs !== undefined && { epochs }),
    ...(maxSteps !== undefined && { maxSteps }),
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
    ...(weights !== undefined && { weights: path.resolve(weights) }),
    ...(resume !== undefined && { resume }),
  };
}

async function programOf({ experiment, engine, overrides, seed, threads }: TrainSpec): Promise<string> {
  const { tf } = await loadEngine(engine, threads === undefined ? {} : { threads });
  return printTrainingProgram(tf, experiment, { ...overrides, ...(seed !== undefined && { seed }) });
}

async function trainingRun(session: Session, text: string): Promise<string> {
  const { id, job, folder } = await session.findRun(text);
  if (job === 'train') return folder;
  throw new UserError(
    'bad-usage',
    `--resume ${id} is no training run.`,
    'Name a run of the same experiment.',
  );
}

function answerOf({ summary, environment, events }: RunRecord): RunAnswer {
  const closing = events.find((event) => event.type === 'finished')?.summary;
  const common = { run: summary.id, state: summary.state, seconds: summary.seconds };
  if (closing?.job === 'train') {
    const { engine, steps, final, best } = closing;
    return { ...common, engine, steps, final, best };
  }
  // Cancelled before its closing figures: what the journal holds is what is known.
  const steps = events.reduce(
    (most, event) => (event.type === 'metrics' ? Math.max(most, event.step) : most),
    0,
  );
  return { ...common, engine: environment?.engine?.id ?? '', steps, final: summary.last, best: {} };
}

function answerText(answer: RunAnswer, { summary }: RunRecord, style: Style): string {
  const facts = renderFacts(
    [
      ['State', style.state(summary.state)],
      ['Engine', answer.engine],
      ['Steps', String(answer.steps)],
      ['Time', formatDuration(answer.seconds)],
      ['Run', answer.run],
    ],
    style,
  );
  const names = Object.keys(answer.final);
  if (names.length === 0) return facts;
  const rows = names.map((name) => {
    const best = answer.best[name];
    return [
      name,
      formatNumber(answer.final[name] ?? NaN),
      best ? formatNumber(best.value) : '',
      best ? String(best.step) : '',
    ];
  });
  const table = renderTable(
    [
      { title: 'Metric' },
      { title: 'Final', right: true },
      { title: 'Best', right: true },
      { title: 'at step', right: true },
    ],
    rows,
    style,
  );
  return `${table}\n\n${facts}`;
}
