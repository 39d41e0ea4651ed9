import path from 'node:path';
import type { Command } from 'commander';
import { loadEngine } from '../../engine/registry';
import type { RunEvent, TrainSummary } from '../../protocol/events';
import type { VerdictEvent } from '../../protocol/instruments';
import type { TrainSpec } from '../../protocol/jobSpec';
import type { RunRecord } from '../../protocol/run';
import { UserError } from '../../protocol/userError';
import { printTrainingProgram } from '../../train/printProgram';
import { RUN } from '../arguments';
import { EXIT_CANCELLED } from '../exitCode';
import { executeRun } from '../followRun';
import type { Run, Session } from '../session';
import type { Style } from '../style';
import { renderFacts, renderTable } from '../table';
import { addTrainingFlags, trainingSpec, type TrainingOptions } from '../trainingFlags';
import { formatDuration, formatNumber } from '../units';

interface RunOptions extends TrainingOptions {
  readonly weights?: string;
  readonly resume?: string;
  readonly printProgram?: true;
}

type Verdict = Pick<VerdictEvent, 'id' | 'level' | 'step' | 'text' | 'remedy'>;

/** The JSON of `run`. */
type RunAnswer = Pick<TrainSummary, 'engine' | 'steps' | 'final' | 'best'> & {
  readonly run: string;
  readonly state: string;
  readonly seconds: number;
  readonly verdicts: readonly Verdict[];
};

export function addRun(program: Command, run: Run): void {
  const command = program
    .command('run')
    .argument('<experiment>', 'file whose default export is defineExperiment({ … })')
    .description('train the model of an experiment file');
  addTrainingFlags(command)
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
  const { weights } = options;
  if (weights !== undefined && options.resume !== undefined) {
    throw new UserError(
      'bad-usage',
      '--weights and --resume exclude each other: a checkpoint holds weights.',
      'Give one of them.',
    );
  }
  const resume = options.resume === undefined ? undefined : await trainingRun(session, options.resume);
  return {
    ...trainingSpec(experiment, options, session),
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
  const { id, state, seconds } = summary;
  const common = { run: id, state, seconds, verdicts: verdictsOf(events) };
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

/** What instruments found and nothing took back, the latest of each kind. */
function verdictsOf(events: readonly RunEvent[]): readonly Verdict[] {
  const latest = new Map<string, Verdict>();
  for (const event of events) {
    if (event.type !== 'verdict') continue;
    const { id, level, step, text, remedy } = event;
    latest.set(id, { id, level, step, text, ...(remedy !== undefined && { remedy }) });
  }
  return [...latest.values()].filter(({ level }) => level !== 'good');
}

function answerText(answer: RunAnswer, { summary }: RunRecord, style: Style): string {
  const facts = renderFacts(
    [
      ['State', style.state(summary.state)],
      ['Engine', answer.engine],
      ['Steps', String(answer.steps)],
      ['Time', formatDuration(answer.seconds)],
      ...answer.verdicts.map(({ level, text, remedy }): [string, string] => [
        level === 'warning' ? 'Warning' : 'Notice',
        remedy === undefined ? text : `${text} ${remedy}`,
      ]),
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
