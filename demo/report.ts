import type { RunView } from '../src/protocol/messages';
import type { ReportDocument } from '../src/protocol/report';
import { writeHtml } from '../src/runs/export/html';

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly runs: readonly RunView[];
  readonly note: string;
}

export interface DemoResults {
  readonly engine: string;
  readonly encoder: Table;
  readonly training: Table;
}

/** Writes the self-contained page with the demo's tables and charts. */
export async function writeReport(file: string, results: DemoResults): Promise<void> {
  await writeHtml(file, reportDocument(results));
}

function reportDocument({ engine, encoder, training }: DemoResults): ReportDocument {
  return {
    title: 'Weightroom demo',
    subtitle: `Engine: ${engine}`,
    sections: [
      {
        kind: 'table',
        heading: 'A sentence encoder, quantized',
        columns: encoder.columns,
        rows: encoder.rows,
        note: encoder.note,
      },
      { kind: 'runs', heading: 'What each tensor lost', runs: encoder.runs },
      {
        kind: 'table',
        heading: 'MNIST, two optimizers',
        columns: training.columns,
        rows: training.rows,
        note: training.note,
      },
      { kind: 'runs', heading: 'How the training went', runs: training.runs },
    ],
  };
}
