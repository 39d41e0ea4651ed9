import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sampleSpamAssassin } from '../../../src/data/spamAssassin';
import { loadEngine } from '../../../src/engine/registry';
import { openModel } from '../../../src/modelfile/open';
import { quantizeSpec, type QuantizeSpec } from '../../../src/protocol/jobSpec';
import { openCalibration } from '../../../src/quantize/calibration/openCalibration';
import type { CalibrationData } from '../../../src/quantize/calibration/statistics';
import { loadSentenceEncoder } from '../../../src/quantize/evaluation/sentenceEncoder';
import { threadPool } from '../../../src/quantize/kernels/threadPool';
import { quantizeModel } from '../../../src/quantize/quantizeModel';
import type { Measured } from '../../bench';
import { summarize } from '../../measure';

const ROOT = path.resolve(__dirname, '..', '..');
const FOLDER = path.join(ROOT, 'node_modules', '@energetic-ai', 'model-embeddings-en', 'dist');
/** Width of an embedding. */
const WIDTH = 512;
/** The tested e-mails are cut in so many parts, whose means show the spread. */
const PARTS = 5;

/** What quantizing the encoder in one way does. */
export interface Outcome {
  /** Mean of 1 − cosine to the original's embeddings. */
  readonly distance: Measured;
  /** True bits of the quantized weights. */
  readonly bits: number;
}

/** The sentence encoder of the demo, and e-mails: some to calibrate with, others to test on. */
export interface EncoderModel {
  /** A text file of e-mails to calibrate with, one a line. */
  readonly calibrationFile: string;
  /** Runs the encoder on the lines of a text file, or on random tokens. */
  calibrate(text: string | undefined): Promise<CalibrationData>;
  /** Quantizes the encoder and embeds the tested e-mails. */
  measure(spec: Pick<QuantizeSpec, 'method' | 'bits'>, calibration?: CalibrationData): Promise<Outcome>;
  close(): Promise<void>;
}

export async function openEncoder(emails: {
  readonly calibration: number;
  readonly test: number;
}): Promise<EncoderModel> {
  const engine = await loadEngine('best');
  const { tf } = engine;
  const source = await openModel(path.join(FOLDER, 'model.json'));
  const pool = threadPool();
  const folder = await mkdtemp(path.join(tmpdir(), 'weightroom-bench-'));
  const sample = await sampleSpamAssassin({ count: emails.calibration + emails.test, seed: 1 }, ROOT);
  const texts = sample.map(({ text }) => text);
  const tested = texts.slice(emails.calibration);

  const embed = async (model: string): Promise<Float32Array> => {
    const encoder = await loadSentenceEncoder(tf, model, path.join(FOLDER, 'vocab.json'));
    try {
      return await encoder.embed(tested);
    } finally {
      encoder.dispose();
    }
  };
  const original = await embed(source.path);
  const calibrationFile = path.join(folder, 'calibration.txt');
  await writeFile(calibrationFile, texts.slice(0, emails.calibration).join('\n'));
  const calibrations: CalibrationData[] = [];
  return {
    calibrationFile,
    async calibrate(text) {
      const calibration = await openCalibration(source, text, {
        keep: [],
        seed: 1,
        pool,
        scratch: path.join(folder, `statistics${calibrations.length}.safetensors`),
        engine: () => Promise.resolve(engine),
      });
      calibrations.push(calibration);
      return calibration;
    },
    async measure(spec, calibration) {
      const output = path.join(folder, 'quantized.json');
      const run = quantizeModel(source, quantizeSpec({ ...spec, input: source.path, output, force: true }), {
        signal: new AbortController().signal,
        pool,
        ...(calibration && { calibration }),
      });
      let step = await run.next();
      while (step.done !== true) step = await run.next();
      return {
        distance: distances(original, await embed(output)),
        bits: step.value.bitsPerWeight.weights,
      };
    },
    async close() {
      for (const calibration of calibrations) await calibration.close();
      await pool.dispose();
      await source.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Mean of 1 − cosine over all rows; least and largest are those of a fifth of them. */
function distances(a: Float32Array, b: Float32Array): Measured {
  const rows = a.length / WIDTH;
  const each = Array.from({ length: rows }, (_, row) => {
    let dot = 0;
    let aa = 0;
    let bb = 0;
    for (let i = row * WIDTH; i < (row + 1) * WIDTH; i++) {
      dot += a[i]! * b[i]!;
      aa += a[i]! ** 2;
      bb += b[i]! ** 2;
    }
    return 1 - dot / Math.sqrt(aa * bb);
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const parts = Array.from({ length: PARTS }, (_, part) => mean(each.filter((_, i) => i % PARTS === part)));
  const { min, max } = summarize(parts);
  return { median: mean(each), min, max };
}
