import { InvalidArgumentError, type Command } from 'commander';
import type { SweepSpec } from '../../protocol/jobSpec';
import type { RunRecord } from '../../protocol/run';
import {
  DEFAULT_DRAWS,
  MOST_TRIALS,
  readGridAxis,
  readRandomAxis,
  type SettingResult,
  type SettingValue,
  type SweepAxis,
  type SweepSummary,
} from '../../protocol/sweep';
import { UserError } from '../../protocol/userError';
import { summarizeTrials } from '../../protocol/sweepRanking';
import { EXIT_CANCELLED } from '../exitCode';
import { wholeNumber } from '../flags';
import { executeRun } from '../followRun';
import type { Run, Session } from '../session';
import type { Style } from '../style';
import { renderFacts, renderTable } from '../table';
import { addTrainingFlags, trainingSpec, type TrainingOptions } from '../trainingFlags';
import { formatDuration, formatNumber } from '../units';

interface SweepOptions extends TrainingOptions {
  readonly grid: readonly SweepAxis[];
  readonly random: readonly SweepAxis[];
  readonly trials?: number;
  readonly seeds: number;
  readonly jobs: number;
  readonly metric?: string;
  readonly maximize?: true;
  readonly minimize?: true;
}

export function addSweep(program: Command, run: Run): void {
  const command = program
    .command('sweep')
    .argument('<experiment>', 'file whose default export is defineExperiment({ … })')
    .description('train an experiment under many settings, and say which is best')
    .option('--grid <path=a,b,c>', 'every one of these values; may be repeated', axis(readGridAxis), [])
    .option(
      '--random <path=low..high>',
      'values drawn between two bounds, with :log over powers of ten; may be repeated',
      axis(readRandomAxis),
      [],
    )
    .option('--trials <n>', `draws of --random (default: ${DEFAULT_DRAWS})`, wholeNumber(1, MOST_TRIALS))
    .option('--seeds <n>', 'train every setting with so many seeds', wholeNumber(1, MOST_TRIALS), 1)
    .option('--jobs <n>', 'trials that run at the same time', wholeNumber(1, 1024), 1)
    .option('--metric <name>', 'what judges (default: testAccuracy, else testLoss, else trainLoss)')
    .option('--maximize', 'more of the metric is better; known for accuracies and losses')
    .option('--minimize', 'less of the metric is better');
  addTrainingFlags(command)
    .addHelpText(
      'after',
      '\nExample:\n  weightroom sweep mnist.ts --grid batchSize=32,128 ' +
        '--random optimizer.learningRate=1e-4..1e-1:log --trials 8 --seeds 3',
    )
    .action((experiment: string, options: SweepOptions) =>
      run(
        async (session) => {
          const record = await executeRun(session, specOf(experiment, options, session));
          if (record.summary.state === 'cancelled') session.exitCode = EXIT_CANCELLED;
          const summary = summaryOf(record);
          session.answer(documentOf(record, summary), (style) => answerText(record, summary, style));
        },
        { stopsItself: true },
      ),
    );
}

/** Reads one more axis of a flag that may be repeated. */
function axis(read: (text: string) => SweepAxis) {
  return (text: string, before: readonly SweepAxis[]): readonly SweepAxis[] => {
    try {
      return [...before, read(text)];
    } catch (error) {
      if (error instanceof UserError) throw new InvalidArgumentError(`${error.message} ${error.remedy}`);
      throw error;
    }
  };
}

function specOf(experiment: string, options: SweepOptions, session: Session): SweepSpec {
  const { grid, random, trials, seeds, jobs, metric, maximize, minimize } = options;
  const refuse = (message: string, remedy: string): never => {
    throw new UserError('bad-usage', message, remedy);
  };
  if (grid.length + random.length === 0)
    refuse('A sweep needs --grid or --random.', 'See `weightroom sweep --help`.');
  if (trials !== undefined && random.length === 0) {
    refuse('--trials counts draws of --random, and there is none.', 'Leave it out; --seeds repeats a grid.');
  }
  if (maximize && minimize) refuse('--maximize and --minimize exclude each other.', 'Give one of them.');
  if ((maximize ?? minimize) && metric === undefined) {
    refuse('--maximize and --minimize need --metric.', 'Name the metric that judges.');
  }
  return {
    job: 'sweep',
    trial: trainingSpec(experiment, options, session),
    axes: [...grid, ...random],
    draws: trials ?? DEFAULT_DRAWS,
    seeds,
    jobs,
    ...(metric !== undefined && { metric }),
    ...((maximize ?? minimize) && { maximize: maximize === true }),
  };
}

/** Where the sweep could not sum up, because it was killed, the journal says which trials are over. */
function summaryOf({ events, spec }: RunRecord): SweepSummary {
  const closing = events.find((event) => event.type === 'finished')?.summary;
  if (closing?.job === 'sweep') return closing;
  if (spec.job !== 'sweep') throw new Error('The run of a sweep has no spec of a sweep.');
  return summarizeTrials(
    spec,
    events.flatMap((event) => (event.type === 'trial' ? [event.trial] : [])),
  );
}

function documentOf({ summary }: RunRecord, { metric, maximize, trials, settings }: SweepSummary) {
  const best = bestOf(settings);
  return {
    sweep: summary.id,
    state: summary.state,
    seconds: summary.seconds,
    metric,
    maximize,
    trials,
    settings,
    best: best ?? null,
  };
}

function bestOf(settings: readonly SettingResult[]): SettingResult | undefined {
  return settings.find(({ mean }) => mean !== undefined);
}

function answerText(
  { summary }: RunRecord,
  { metric = 'no metric', trials, settings }: SweepSummary,
  style: Style,
): string {
  const paths = Object.keys(settings[0]?.parameters ?? {});
  const best = bestOf(settings);
  const table = renderTable(
    [
      ...paths.map((title) => ({ title, right: true })),
      { title: metric, right: true },
      { title: 'Deviation', right: true },
      { title: 'Trials', right: true },
    ],
    settings.map(({ parameters, mean, deviation, done, runs }) => [
      ...paths.map((path) => valueText(parameters[path])),
      mean === undefined ? '' : formatNumber(mean),
      deviation === undefined ? '' : formatNumber(deviation),
      done === runs.length ? String(done) : style.bold(`${done} of ${runs.length}`),
    ]),
    style,
  );
  const facts = renderFacts(
    [
      ['State', style.state(summary.state)],
      [
        'Best',
        best === undefined
          ? 'none'
          : paths.map((path) => `${path}=${valueText(best.parameters[path])}`).join(' '),
      ],
      ['Trials', String(trials.length)],
      ['Time', formatDuration(summary.seconds)],
      ['Sweep', summary.id],
    ],
    style,
  );
  return settings.length === 0 ? facts : `${table}\n\n${facts}`;
}

function valueText(value: SettingValue | undefined): string {
  return typeof value === 'number' ? formatNumber(value) : String(value ?? '');
}
