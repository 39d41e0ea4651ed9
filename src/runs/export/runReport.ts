import type { RunView } from '../../protocol/messages';
import type { ReportDocument, ReportSection } from '../../protocol/report';
import type { RunRecord } from '../../protocol/run';
import { runView } from '../view';

/** The report of one run: how it went, what it was asked, and its charts. */
export function runReport(record: RunRecord): ReportDocument {
  const view = runView(record);
  const { summary, environment } = record;
  const when = new Date(summary.started).toISOString().slice(0, 16).replace('T', ' ');
  return {
    title: summary.name,
    subtitle: `${summary.id} · ${summary.state} · ${when} UTC`,
    sections: [
      ...(record.spec.job === 'quantize'
        ? [{ kind: 'quantization' as const, run: view }, factsSection(record, view)]
        : [
            factsSection(record, view),
            { kind: 'runs' as const, heading: 'Charts', runs: [view] },
            ...messagesSection(view),
          ]),
      {
        kind: 'table',
        heading: 'What was asked',
        columns: ['Field', 'Value'],
        rows: Object.entries(record.spec).map(([field, value]) => [field, cell(value)]),
        ...(environment && {
          note: `Weightroom ${environment.weightroom}, Node.js ${environment.node}, ${environment.platform}, ${environment.host}.`,
        }),
      },
    ],
  };
}

function factsSection({ summary }: RunRecord, view: RunView): ReportSection {
  const rows: [string, string | number][] = [
    ['State', summary.state],
    ['Seconds', Number(summary.seconds.toFixed(2))],
  ];
  if (view.engine !== undefined) rows.push(['Engine', view.engine]);
  if (summary.error) rows.push(['Error', `${summary.error.message} ${summary.error.remedy}`]);
  for (const [name, value] of Object.entries(summary.last)) rows.push([name, value]);
  return { kind: 'table', heading: 'Result', columns: ['', 'Value'], rows };
}

function messagesSection(view: RunView): ReportSection[] {
  if (view.messages.length === 0) return [];
  return [{ kind: 'text', heading: 'Messages', paragraphs: view.messages.map(({ text }) => text) }];
}

function cell(value: unknown): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return JSON.stringify(value);
}
