import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../src/protocol/events';
import { offersBits, QUANTIZATION_METHODS } from '../../../src/protocol/jobSpec';
import { SPAM_OR_HAM } from '../../../src/studies/quality/task';
import { trainedNetwork } from '../../../src/studies/quality/trainedNetwork';
import type { StudyContext } from '../../../src/studies/study';
import { quickContext, quickRun } from './quickRun';

describe('kashin/bits-vs-quality', () => {
  it('trains networks, and measures them under every method, with feedback where there is some', async () => {
    const context = await quickContext();
    const { rows, events } = await quickRun('kashin/bits-vs-quality', context);
    const ours = (what: string) => rows.get(what)!.ours as number;
    const original = ours('Next byte of Shakespeare, original, float32');
    // A network that knew nothing would have 256; one that knew how frequent each byte is about 27.
    expect(original).toBeGreaterThan(5);
    expect(original).toBeLessThan(25);
    for (const method of QUANTIZATION_METHODS) {
      for (const bits of [2, 4].filter((value) => offersBits(method, value))) {
        expect(rows.has(`Next byte of Shakespeare, ${method}, ${bits} bits`)).toBe(true);
        expect(rows.has(`Spam or ham, ${method}, ${bits} bits`)).toBe(true);
      }
    }
    for (const method of ['dependent', 'rtn', 'lloyd-max', 'rotated-lloyd-max', 'kmeans']) {
      const without = `Next byte of Shakespeare, ${method}, 2 bits`;
      const withIt = `Next byte of Shakespeare, ${method} with feedback, 2 bits`;
      expect(ours(withIt)).toBeLessThan(ours(without));
      expect(ours(`Next byte of Shakespeare, ${method}, 4 bits`)).toBeLessThan(ours(without));
    }
    // At 4 bits the best code loses less than a hundredth.
    expect(ours('Next byte of Shakespeare, dependent with feedback, 4 bits') / original).toBeCloseTo(1, 2);
    const accuracies = [...rows.values()].filter(({ unit }) => unit === '% told apart');
    for (const { ours: accuracy, place } of accuracies) {
      expect(accuracy).toBeGreaterThan(40);
      expect(accuracy).toBeLessThanOrEqual(100);
      expect(place!.picture).toBe('Spam or ham');
    }
    const place = (what: string) => rows.get(what)!.place!;
    expect(place('Next byte of Shakespeare, rtn, 4 bits').bits).toBeGreaterThan(
      place('Next byte of Shakespeare, rtn, 2 bits').bits + 1.5,
    );
    const metrics = events.flatMap((event) => (event.type === 'metrics' ? Object.keys(event.values) : []));
    expect(new Set(metrics)).toEqual(
      new Set([
        'languageTrainLoss',
        'languageTestLoss',
        'emailsTrainLoss',
        'emailsTestLoss',
        'emailsTestAccuracy',
      ]),
    );
    expect(await readdir(context.outputs)).toEqual(['emails', 'language']);
  }, 240_000);

  it('takes the networks of an earlier run where they were trained alike', async () => {
    const context = await quickContext();
    const size = { overrides: { 'parameters.width': 32, 'parameters.layers': 1 }, maxSteps: 2 };
    const trained = async (changes: Partial<StudyContext>) => {
      const events: RunEventBody[] = [];
      const training = trainedNetwork(SPAM_OR_HAM.network, size, { ...context, ...changes });
      for (;;) {
        const next = await training.next();
        if (next.done) return { weights: next.value.weights, events };
        events.push(next.value);
      }
    };
    const first = await trained({});
    expect(first.weights).toBe(path.join(context.outputs, 'emails', 'model.safetensors'));
    expect(first.events.some(({ type }) => type === 'metrics')).toBe(true);

    const outputs = path.resolve(context.outputs, '..', '..', 'second', 'outputs');
    await mkdir(outputs, { recursive: true });
    const second = await trained({ outputs });
    expect(second.weights).toBe(first.weights);
    expect(second.events.map(({ type }) => type)).toEqual(['message', 'message']);
    expect(await readdir(outputs)).toEqual([]);

    const third = await trained({ outputs, seed: 2 });
    expect(third.weights).toBe(path.join(outputs, 'emails', 'model.safetensors'));
  }, 120_000);
});
