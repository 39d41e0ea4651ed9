import path from 'node:path';
import { sampleSpamAssassin } from '../src/data/spamAssassin';
import type { LoadedEngine } from '../src/engine/engine';
import { quantizeSpec, type QuantizationMethodId } from '../src/protocol/jobSpec';
import type { RunView } from '../src/protocol/messages';
import { loadSentenceEncoder } from '../src/quantize/evaluation/sentenceEncoder';
import {
  classificationAccuracy,
  fitClassifier,
  halves,
  meanCosine,
} from '../src/quantize/evaluation/textClassification';
import { execute } from './jobs';
import { progress, progressDone } from './terminal';

/** E-mails of the sample, half to fit the classifier and half to test it; fewer where embedding is slow. */
const EMAILS = { tensorflow: 1000, wasm: 600, cpu: 600 } as const;
const SEED = 1;
const WIDTH = 512;

const root = path.resolve(__dirname, '..');
const encoderFolder = path.join(root, 'node_modules', '@energetic-ai', 'model-embeddings-en', 'dist');

export interface EncoderRow {
  readonly label: string;
  readonly bits: number;
  readonly megabytes: number;
  readonly snrDb: number;
  /** To the original's embeddings, mean over the tested e-mails. */
  readonly cosine: number;
  readonly accuracy: number;
}

export interface EncoderResult {
  readonly rows: readonly EncoderRow[];
  readonly runs: readonly RunView[];
  readonly emails: number;
}

/** Quantizes the sentence encoder in every method of the list and measures it on e-mails. */
export async function quantizeEncoder(
  workspace: string,
  { id, tf }: LoadedEngine,
  methods: readonly { method: QuantizationMethodId; bits: number }[],
): Promise<EncoderResult> {
  const original = path.join(encoderFolder, 'model.json');
  const runs: RunView[] = [];
  const outputs: string[] = [];
  for (const { method, bits } of methods) {
    const output = path.join(workspace, `encoder.${method}.w${bits}.json`);
    outputs.push(output);
    runs.push(
      await execute(
        workspace,
        quantizeSpec({ input: original, output, force: true, method, bits, seed: SEED }),
      ),
    );
  }

  const emails = await sampleSpamAssassin({ count: EMAILS[id], seed: SEED }, root);
  const texts = emails.map((email) => email.text);
  const labels = Uint8Array.from(emails, (email) => (email.spam ? 1 : 0));

  async function embed(modelPath: string, label: string): Promise<Float32Array> {
    const encoder = await loadSentenceEncoder(tf, modelPath, path.join(encoderFolder, 'vocab.json'));
    try {
      return await encoder.embed(texts, (done) => progress(`${label}: ${done} of ${texts.length} e-mails`));
    } finally {
      encoder.dispose();
      progressDone();
    }
  }

  const before = await embed(original, 'original');
  const [fit, test] = halves({ embeddings: before, labels });
  const classifier = fitClassifier(fit);
  const rows: EncoderRow[] = [
    {
      label: 'original, float32',
      bits: 32,
      megabytes: megabytes(runs[0], 'before'),
      snrDb: Infinity,
      cosine: 1,
      accuracy: classificationAccuracy(classifier, test),
    },
  ];
  for (const [i, { method, bits }] of methods.entries()) {
    const after = await embed(outputs[i]!, `${method}, ${bits} bits`);
    const tested = halves({ embeddings: after, labels })[1];
    const summary = quantizeSummary(runs[i]!);
    rows.push({
      label: `${method}, ${bits} bits`,
      bits: summary.bitsPerWeight.file,
      megabytes: megabytes(runs[i], 'native'),
      snrDb: summary.snrDb,
      cosine: meanCosine(test.embeddings, tested.embeddings, WIDTH),
      accuracy: classificationAccuracy(classifier, tested),
    });
  }
  return { rows, runs, emails: emails.length };
}

/** What the columns of the table mean, for somebody who sees them for the first time. */
export function encoderNote({ rows, emails }: EncoderResult): string {
  const tested = emails / 2;
  const accuracy = rows[0]?.accuracy ?? NaN;
  const standardError = Math.sqrt((accuracy * (1 - accuracy)) / tested);
  return (
    'Universal Sentence Encoder Lite, 7 million parameters. rtn rounds to the nearest of evenly spaced levels, ' +
    'chosen for each group of weights; kashin-greedy splits each tensor into two flat factors, coded in pairs; ' +
    'dependent chooses levels along a trellis, codes them by their frequency, and steers errors to where they do ' +
    'least harm, by what the model does with random tokens. ' +
    'Bits and megabytes are those of the packed form, levels and scales counted. Cosine: mean between the ' +
    "quantized and the original embeddings. Accuracy: a logistic regression fitted on the original's embeddings of " +
    `${tested} e-mails, tested on ${tested} others; one standard error is ${(100 * standardError).toFixed(1)} ` +
    'points, so smaller differences are chance.'
  );
}

function quantizeSummary(run: RunView) {
  const summary = run.finished?.summary;
  if (summary?.job !== 'quantize') throw new Error('A finished quantization carries its summary.');
  return summary;
}

/** 10⁶ bytes of the original's tensors, or of the packed native form at the run's true bits a weight. */
function megabytes(run: RunView | undefined, which: 'before' | 'native'): number {
  if (run === undefined) return NaN;
  const { bytes, bitsPerWeight } = quantizeSummary(run);
  return which === 'before' ? bytes.before / 1e6 : ((bytes.before / 4) * bitsPerWeight.file) / 8 / 1e6;
}
