import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TensorFlow } from '../../../../src/engine/engine';
import { loadEngine } from '../../../../src/engine/registry';
import type { Model } from '../../../../src/modelfile/model';
import { chooseHeldOutSamples, chooseSamples } from '../../../../src/quantize/calibration/chooseSamples';
import type { RunnableModel } from '../../../../src/quantize/calibration/runnableModel';
import type { Samples } from '../../../../src/quantize/calibration/samples';
import { temporaryFolder } from '../../modelfile/temporaryFolder';

/** A vocabulary of 600 words `w0`, `w1`, … after the reserved ids. */
const VOCABULARY = [
  ...Array.from({ length: 6 }, (_, i) => [`<${i}>`, 0]),
  ...Array.from({ length: 600 }, (_, i) => [`\u2581w${i}`, -6 - i / 1000]),
];
/** What is fed in as the sentence encoder is. */
const ENCODER = {
  inputs: [
    { name: 'indices', shape: [-1, 2], dtype: 'int32' },
    { name: 'values', shape: [-1], dtype: 'int32' },
  ],
} as unknown as RunnableModel;

describe('lines of a text', () => {
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await loadEngine('cpu'));
  });

  /** The numbers of the lines that calibrate, and of those that are held out, of a text of so many. */
  async function split(
    count: number,
  ): Promise<{ calibration: number[]; heldOut: number[]; kinds: string[] }> {
    const folder = await temporaryFolder();
    const text = path.join(folder, 'lines.txt');
    await writeFile(path.join(folder, 'vocab.json'), JSON.stringify(VOCABULARY));
    await writeFile(text, Array.from({ length: count }, (_, i) => `w${i}\n`).join(''));
    const source = { path: path.join(folder, 'model.json') } as Model;
    const calibration = await chooseSamples(tf, source, ENCODER, { text, seed: 1 });
    const heldOut = await chooseHeldOutSamples(tf, source, ENCODER, { text, seed: 1 });
    return {
      calibration: tokens(calibration),
      heldOut: tokens(heldOut),
      kinds: [calibration.kind, heldOut.kind],
    };
  }

  function tokens(samples: Samples): number[] {
    const values = samples.feeds(0, samples.count)['values']!;
    return Array.from(values.dataSync(), (id) => id - 6);
  }

  it.each([
    [16, 14],
    [400, 352],
    [448, 400],
    [600, 400],
  ])('of %i calibrate the first %i, and the next are seen by none of them', async (count, calibrating) => {
    const { calibration, heldOut, kinds } = await split(count);
    expect(calibration).toEqual(Array.from({ length: calibrating }, (_, i) => i));
    const read = Math.min(count, 448);
    expect(heldOut).toEqual(Array.from({ length: read - calibrating }, (_, i) => calibrating + i));
    expect(kinds).toEqual(['lines of lines.txt', 'unseen lines of lines.txt']);
  });

  it('are all needed to calibrate where they are few: then random tokens take their place', async () => {
    const { calibration, kinds } = await split(7);
    expect(calibration).toHaveLength(7);
    expect(kinds).toEqual(['lines of lines.txt', 'texts of random tokens']);
  });

  it('are random tokens of the table where no tokenizer is at hand', async () => {
    const source = { path: path.join(await temporaryFolder(), 'model.json') } as Model;
    const samples = await chooseHeldOutSamples(tf, source, { ...ENCODER, tableRows: 40 }, { seed: 1 });
    expect(samples).toMatchObject({ count: 32, kind: 'texts of random tokens' });
    const ids = samples.feeds(0, 32)['values']!.dataSync();
    expect(Math.min(...ids)).toBe(6);
    expect(Math.max(...ids)).toBe(39);
  });
});
