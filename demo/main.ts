/**
 * The demo: quantizes a real sentence encoder and measures what that costs on a task, trains a network
 * with two optimizers, and writes one HTML report. Everything is done by the jobs that the editor and
 * the terminal use.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadEngine } from '../src/engine/registry';
import { errorReport, UserError } from '../src/protocol/userError';
import { encoderNote, quantizeEncoder } from './encoder';
import { cancelCurrent } from './jobs';
import { MNIST_NOTE, trainMnist } from './mnist';
import { writeReport } from './report';
import { heading, printNote, printTable } from './terminal';

const METHODS = [
  { method: 'rtn', bits: 4 },
  { method: 'kashin-greedy', bits: 4 },
  { method: 'dependent', bits: 4 },
  { method: 'rtn', bits: 3 },
  { method: 'dependent', bits: 3 },
] as const;

async function main(): Promise<void> {
  const start = Date.now();
  const workspace = path.resolve(__dirname, '..', 'demo-report');
  await mkdir(workspace, { recursive: true });
  const engine = await loadEngine('best');
  console.log(`Engine: ${engine.id} ${engine.version} on ${engine.device}`);

  heading('Quantize a sentence encoder, and classify e-mails with it');
  const encoder = await quantizeEncoder(workspace, engine, METHODS);
  const encoderColumns = ['weights', 'bits a weight', 'MB', 'SNR, dB', 'cosine', 'spam or ham, accuracy'];
  const encoderRows = encoder.rows.map((row) => [
    row.label,
    row.bits.toFixed(2),
    row.megabytes.toFixed(2),
    Number.isFinite(row.snrDb) ? row.snrDb.toFixed(2) : '–',
    row.cosine.toFixed(4),
    `${(100 * row.accuracy).toFixed(1)} %`,
  ]);
  printTable(encoderColumns, encoderRows);
  printNote(encoderNote(encoder));

  heading('Train a network on MNIST with two optimizers');
  const trainings = await trainMnist(workspace, engine.id, engine.id === 'tensorflow' ? 5 : 2);
  const trainingColumns = ['optimizer', 'steps', 'seconds', 'train loss', 'test accuracy'];
  const trainingRows = trainings.map((row) => [
    row.label,
    String(row.steps),
    row.seconds.toFixed(1),
    row.trainLoss.toFixed(4),
    `${(100 * row.testAccuracy).toFixed(2)} %`,
  ]);
  printTable(trainingColumns, trainingRows);
  printNote(MNIST_NOTE);

  const report = path.join(workspace, 'report.html');
  await writeReport(report, {
    engine: `${engine.id} ${engine.version} on ${engine.device}`,
    encoder: {
      columns: encoderColumns,
      rows: encoderRows,
      runs: encoder.runs,
      note: encoderNote(encoder),
    },
    training: {
      columns: trainingColumns,
      rows: trainingRows,
      runs: trainings.map(({ run }) => run),
      note: MNIST_NOTE,
    },
  });
  console.log(`\nReport, with the charts: ${report}`);
  console.log(`Took ${((Date.now() - start) / 1000).toFixed(0)} s.`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void cancelCurrent().finally(() => process.exit(130)));
}

main().catch((error: unknown) => {
  const { message, remedy } = errorReport(error);
  console.error(`\n${message} ${remedy}`);
  if (!(error instanceof UserError)) console.error(error);
  process.exitCode = 1;
});
