import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../../src/engine/registry';
import { trainJob } from '../../../src/jobs/train';
import type { RunEventBody, TrainSummary } from '../../../src/protocol/events';
import type { TrainSpec } from '../../../src/protocol/jobSpec';
import { temporaryFolder } from '../modelfile/temporaryFolder';
import { metricsOf } from './record';

const examples = path.resolve(__dirname, '../../../examples');

async function run(spec: Partial<TrainSpec>): Promise<{
  events: RunEventBody[];
  summary: TrainSummary;
  folder: string;
}> {
  const folder = await temporaryFolder();
  const outputs = path.join(folder, 'outputs');
  await mkdir(outputs);
  const events: RunEventBody[] = [];
  const generator = trainJob.run(
    {
      job: 'train',
      experiment: path.join(examples, 'mnist-mlp.ts'),
      engine: 'tensorflow',
      overrides: { 'data.trainSize': 1000, 'data.testSize': 500 },
      ...spec,
    },
    { folder, outputs, signal: new AbortController().signal, engine: (id) => loadEngine(id) },
  );
  for (;;) {
    const next = await generator.next();
    if (next.done === true) return { events, summary: next.value, folder };
    events.push(next.value);
  }
}

describe('trainJob', () => {
  it.each(['mnist-mlp', 'mnist-cnn'])('trains the example %s', async (name) => {
    const { events, summary } = await run({ experiment: path.join(examples, `${name}.ts`), epochs: 5 });
    expect(events[0]).toMatchObject({ type: 'started', name: expect.stringMatching(/^MNIST, /) as string });
    expect(summary.engine).toBe('tensorflow');
    expect(summary.steps).toBe(40);
    expect(summary.final['trainLoss']).toBeLessThan(1);
    expect(summary.final['testAccuracy']).toBeGreaterThan(0.7);
  });

  it('trains the example text-transformer, from little more than chance', async () => {
    const { events, summary } = await run({
      experiment: path.join(examples, 'text-transformer.ts'),
      overrides: { 'parameters.width': 32, 'parameters.layers': 1, batchSize: 16 },
      maxSteps: 40,
    });
    const first = metricsOf(events)[0]![1]['trainLoss']!;
    expect(Math.abs(first - Math.log(256))).toBeLessThan(1);
    // Always saying how often each byte occurs in English comes to about 3.3 nats.
    expect(summary.final['testLoss']).toBeLessThan(3.6);
  });

  it('takes epochs, steps and seed over those of the file', async () => {
    const first = await run({ epochs: 1, maxSteps: 3, seed: 9 });
    const again = await run({ epochs: 1, maxSteps: 3, seed: 9 });
    const other = await run({ epochs: 1, maxSteps: 3, seed: 10 });
    expect(first.summary.steps).toBe(3);
    expect(metricsOf(again.events)).toEqual(metricsOf(first.events));
    expect(metricsOf(other.events)).not.toEqual(metricsOf(first.events));
  });

  it('goes on from the folder of an earlier run', async () => {
    const whole = await run({ epochs: 2 });
    const half = await run({ epochs: 1 });
    const copy = path.join(await temporaryFolder(), 'copied run');
    await cp(half.folder, copy, { recursive: true });
    const rest = await run({ epochs: 2, resume: copy });
    expect(rest.summary).toEqual(whole.summary);
  });

  it('names the file and the line for which steps run eagerly', async () => {
    const experiment = path.join(__dirname, 'fixtures', 'readsBack.ts');
    const { events } = await run({ experiment, overrides: {} });
    const told = events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
    const reason = 'the step reads a tensor back (dataSync, arraySync, print)';
    expect(told).toEqual([`eager, because ${reason} (readsBack.ts:10:44)`]);
  });

  it('names the file and the line of a mistake that shows only while training', async () => {
    const experiment = path.join(__dirname, 'fixtures', 'wrongLoss.ts');
    await expect(run({ experiment, overrides: {} })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('wrongLoss.ts:14:') as string,
    });
  });
});
