import path from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../protocol/userError';
import { writeCsv } from '../../runs/export/csv';
import { writeHtml } from '../../runs/export/html';
import { runReport } from '../../runs/export/runReport';
import { readRun } from '../../runs/read';
import { RUN } from '../arguments';
import type { Run } from '../session';

interface ExportOptions {
  readonly html?: string;
  readonly csv?: string;
}

export function addExport(program: Command, run: Run): void {
  program
    .command('export')
    .argument('<run>', RUN)
    .description('write a run as one self-contained HTML page, or its tables as CSV')
    .option('--html <file>', 'the page to write')
    .option('--csv <dir>', 'the folder for metrics.csv and tensors.csv')
    .addHelpText('after', '\nExample:\n  weightroom export 8f3a --html report.html')
    .action((text: string, options: ExportOptions) =>
      run(async (session) => {
        const { html, csv } = options;
        if (html === undefined && csv === undefined) {
          throw new UserError('bad-usage', 'Nothing to write.', 'Give --html FILE or --csv DIR, or both.');
        }
        const record = await readRun((await session.findRun(text)).folder);
        const files: string[] = [];
        if (html !== undefined) {
          const file = path.resolve(html);
          await writeHtml(file, runReport(record));
          files.push(file);
        }
        if (csv !== undefined) files.push(...(await writeCsv(path.resolve(csv), record)));
        session.answer({ files }, () => files.join('\n'));
      }),
    );
}
