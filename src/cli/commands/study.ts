import { Argument, type Command } from 'commander';
import { DEFAULT_SEED } from '../../protocol/jobSpec';
import type { RunRecord } from '../../protocol/run';
import { STUDIES, type StudyId, type StudyRow, type StudySummary } from '../../protocol/study';
import { allStudies } from '../../studies/registry';
import { executeRun } from '../followRun';
import { cancelledError } from '../interruption';
import type { Run } from '../session';
import type { Style } from '../style';
import { renderFacts, renderTable } from '../table';
import { formatDuration, formatNumber } from '../units';

interface StudyOptions {
  readonly quick?: boolean;
}

export function addStudy(program: Command, run: Run): void {
  program
    .command('study')
    .description('reproduce published figures of a method, each beside ours; without a name, the list')
    .addArgument(new Argument('[name]', 'the study').choices(STUDIES))
    .option('--quick', 'smaller samples and fewer cases: ends within seconds')
    .addHelpText('after', '\nExample:\n  weightroom study kashin/convergence --quick')
    .action((name: StudyId | undefined, { quick = false }: StudyOptions) =>
      run(async (session) => {
        if (name === undefined) {
          const list = allStudies().map(({ id, title }) => ({ study: id, title }));
          session.answer(list, (style) =>
            renderFacts(
              list.map((item) => [item.study, item.title]),
              style,
            ),
          );
          return;
        }
        const { seed = DEFAULT_SEED, threads, engine } = session.options;
        const record = await executeRun(session, {
          job: 'study',
          study: name,
          quick,
          seed,
          ...(threads !== undefined && { threads }),
          ...(engine !== undefined && { engine }),
        });
        if (record.summary.state === 'cancelled') throw cancelledError();
        const { study, rows } = closingSummary(record);
        const { id, seconds } = record.summary;
        session.answer({ study, run: id, seconds, rows }, (style) => answerText(record, rows, style));
      }),
    );
}

function closingSummary({ events }: RunRecord): StudySummary {
  for (const event of events) {
    if (event.type === 'finished' && event.summary?.job === 'study') return event.summary;
  }
  throw new Error('A study was done without a closing summary.');
}

function answerText({ summary }: RunRecord, rows: readonly StudyRow[], style: Style): string {
  const figure = (value: number | string) => (typeof value === 'number' ? formatNumber(value) : value);
  const table = renderTable(
    [
      { title: 'What' },
      { title: 'Published', right: true },
      { title: 'Ours', right: true },
      { title: 'Deviation', right: true },
      { title: 'Unit' },
      { title: 'Verdict' },
      { title: 'Note' },
    ],
    rows.map(({ what, published = '', ours, deviation, unit, verdict = '', note = '' }) => [
      what,
      figure(published),
      figure(ours),
      deviation === undefined ? '' : `${(100 * deviation).toFixed(1)} %`,
      unit,
      verdict === 'worse' ? style.bold(verdict) : verdict,
      style.dim(note),
    ]),
    style,
  );
  const facts = renderFacts(
    [
      ['Time', formatDuration(summary.seconds)],
      ['Run', summary.id],
    ],
    style,
  );
  return `${table}\n\n${facts}`;
}
