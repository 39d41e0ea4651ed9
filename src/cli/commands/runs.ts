import type { Command } from 'commander';
import { listRuns } from '../../runs/list';
import type { RunSummary } from '../../protocol/run';
import { RUN } from '../arguments';
import type { Run } from '../session';
import type { Style } from '../style';
import { renderTable } from '../table';
import { formatDuration, formatNumber } from '../units';

export function addRuns(program: Command, run: Run): void {
  program
    .command('runs')
    .argument('[run]', RUN)
    .description('list the runs of the workspace, newest first, or show one of them')
    .addHelpText('after', '\nExample:\n  weightroom runs --json')
    .action((text?: string) =>
      run(async (session) => {
        const runs = text === undefined ? await listRuns(session.workspace) : [await session.findRun(text)];
        session.answer(runs, (style) => runsTable(runs, session.workspace, style));
      }),
    );
}

function runsTable(runs: readonly RunSummary[], workspace: string, style: Style): string {
  if (runs.length === 0) return `No runs in ${workspace}.`;
  const table = renderTable(
    [
      { title: 'Run' },
      { title: 'Name' },
      { title: 'State' },
      { title: 'Time', right: true },
      { title: 'Latest' },
    ],
    runs.map((run) => [run.id, run.name, style.state(run.state), formatDuration(run.seconds), latest(run)]),
    style,
  );
  const [only, ...others] = runs;
  return only && others.length === 0 ? [table, ...details(only)].join('\n') : table;
}

/** `42 %  trainLoss 0.1234`. */
function latest({ state, progress, last }: RunSummary): string {
  const figures = Object.entries(last).map(([name, value]) => `${name} ${formatNumber(value)}`);
  if (state === 'running' && progress) figures.unshift(`${Math.floor(100 * progress.fraction)} %`);
  return figures.join('  ');
}

function details({ folder, error, logTail = [] }: RunSummary): string[] {
  return ['', folder, ...(error ? [error.message, error.remedy] : []), ...logTail.map((line) => `  ${line}`)];
}
