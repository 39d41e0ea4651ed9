import type { RunView } from '../src/protocol/messages';
import type { ReportDocument } from '../src/protocol/report';
import { writeHtml } from '../src/runs/export/html';

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly runs: readonly RunView[];
}

export interface DemoResults {
  readonly engine: string;
  readonly encoder: Table & { readonly emails: number };
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
        note:
          'Universal Sentence Encoder Lite, 7 million parameters. Bits and megabytes are those of the packed form, ' +
          'levels and scales counted. Cosine: mean between the quantized and the original embeddings. Accuracy: a logistic ' +
          `regression fitted on the original's embeddings of ${encoder.emails / 2} e-mails, tested on ${encoder.emails / 2} others.`,
      },
      { kind: 'runs', heading: 'What each tensor lost', runs: encoder.runs },
      {
        kind: 'table',
        heading: 'MNIST, two optimizers',
        columns: training.columns,
        rows: training.rows,
        note: 'The network of examples/mnist-mlp.ts, the same seed, batches and epochs for both.',
      },
      { kind: 'runs', heading: 'How the training went', runs: training.runs },
    ],
  };
}
