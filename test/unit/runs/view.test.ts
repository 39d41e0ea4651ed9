import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/math/random';
import type { RunEvent } from '../../../src/protocol/events';
import type { Series } from '../../../src/protocol/messages';
import { RunViewBuilder } from '../../../src/runs/view';
import { SPEC, SUMMARY } from './runningRun';

/** A journal as a training writes it: a loss each step, an accuracy now and then, a few messages. */
function journal(seed: number, length: number): RunEvent[] {
  const random = new Random(seed);
  const events: RunEvent[] = [{ time: 5000, type: 'started', name: 'run' }];
  for (let step = 0; step < length; step++) {
    const time = 5000 + 10 * step;
    const values: Record<string, number> = { trainLoss: random.normal() };
    if (random.uniform() < 0.1) values['testAccuracy'] = random.uniform();
    events.push({ time, type: 'metrics', step, epoch: step / 100, values });
    if (random.uniform() < 0.05) events.push({ time, type: 'message', level: 'warning', text: `at ${step}` });
  }
  return events;
}

function joined(parts: readonly (readonly Series[])[], name: string, column: 'steps' | 'values' | 'seconds') {
  return parts.flatMap((part) =>
    part.filter((series) => series.name === name).flatMap((s) => [...s[column]]),
  );
}

describe('RunViewBuilder', () => {
  it('turns metrics into columns', () => {
    const builder = new RunViewBuilder(SPEC);
    const events = journal(1, 1000);
    builder.append(events);
    const { series, messages } = builder.snapshot(SUMMARY);
    for (const name of ['trainLoss', 'testAccuracy']) {
      const points = events.flatMap((event) =>
        event.type === 'metrics' && name in event.values ? [{ ...event, value: event.values[name] }] : [],
      );
      const column = series.find((candidate) => candidate.name === name);
      expect(Array.from(column?.values ?? [])).toEqual(points.map((point) => point.value));
      expect(Array.from(column?.steps ?? [])).toEqual(points.map((point) => point.step));
      expect(Array.from(column?.epochs ?? [])).toEqual(points.map((point) => point.epoch));
      expect(Array.from(column?.seconds ?? [])).toEqual(points.map((point) => (point.time - 5000) / 1000));
    }
    expect(messages).toEqual(
      events.flatMap((event) => (event.type === 'message' ? [{ level: event.level, text: event.text }] : [])),
    );
  });

  it('gives several readers increments that add up to the snapshot, wherever they began', () => {
    const random = new Random(2);
    const builder = new RunViewBuilder(SPEC);
    const events = journal(3, 2000);
    const parts: Series[][] = [];
    const texts: string[] = [];
    let position = builder.position();
    for (let start = 0; start < events.length;) {
      const end = start + 1 + random.integer(300);
      builder.append(events.slice(start, end));
      start = end;
      if (random.uniform() < 0.5) continue;
      const increment = builder.increment(SUMMARY, position);
      parts.push([...increment.series]);
      texts.push(...increment.messages.map((message) => message.text));
      position = builder.position();
      expect(builder.increment(SUMMARY, position).series).toEqual([]);
    }
    const rest = builder.increment(SUMMARY, position);
    parts.push([...rest.series]);
    texts.push(...rest.messages.map((message) => message.text));
    const whole = builder.snapshot(SUMMARY);
    for (const { name, steps, values, seconds } of whole.series) {
      expect(joined(parts, name, 'steps')).toEqual([...steps]);
      expect(joined(parts, name, 'values')).toEqual([...values]);
      expect(joined(parts, name, 'seconds')).toEqual([...seconds]);
    }
    expect(texts).toEqual(whole.messages.map((message) => message.text));
  });

  it('keeps columns apart from what it gave away', () => {
    const builder = new RunViewBuilder(SPEC);
    builder.append(journal(4, 10));
    const before = builder.snapshot(SUMMARY).series[0]!;
    const copy = Array.from(before.values);
    builder.append(journal(5, 1000));
    expect(Array.from(before.values)).toEqual(copy);
    expect(before.values.buffer.byteLength).toBe(8 * before.values.length);
  });

  it('holds a million points', () => {
    const builder = new RunViewBuilder(SPEC);
    const batch = (start: number): RunEvent[] =>
      Array.from({ length: 10_000 }, (_, i) => {
        const step = start + i;
        return { time: step, type: 'metrics', step, epoch: 0, values: { trainLoss: step } };
      });
    for (let start = 0; start < 1_000_000; start += 10_000) builder.append(batch(start));
    const position = builder.position();
    builder.append(batch(1_000_000));
    expect(builder.increment(SUMMARY, position).series[0]?.values.length).toBe(10_000);
    expect(builder.snapshot(SUMMARY).series[0]?.steps.at(-1)).toBe(1_009_999);
  });

  it('gathers the picture of a model from several measurements, and sends it when it changed', () => {
    const builder = new RunViewBuilder(SPEC);
    const row = (method: string, nominal: number, snrDb: number) => {
      const bits = { nominal, true: nominal + 0.02 };
      return { method, bits, distortion: 10 ** (-snrDb / 10), snrDb, seconds: 1 };
    };
    const first: RunEvent = {
      time: 1,
      type: 'rateDistortion',
      rows: [row('rtn', 4, 19), row('rtn', 3, 13)],
      sampled: { weights: 100, tensors: 1 },
    };
    builder.append([first]);
    const position = builder.position();
    expect(builder.snapshot(SUMMARY).rateDistortion?.rows).toEqual(first.rows);
    expect(builder.increment(SUMMARY, position).rateDistortion).toBeUndefined();
    const sampled = { weights: 200, tensors: 2 };
    const rows = [row('rtn', 4, 19.5), row('dependent', 4, 24)];
    builder.append([{ time: 2, type: 'rateDistortion', rows, sampled }]);
    const merged = { rows: [rows[0], first.rows[1], rows[1]], sampled };
    expect(builder.increment(SUMMARY, position).rateDistortion).toEqual(merged);
  });

  it('sends each task once', () => {
    const builder = new RunViewBuilder(SPEC);
    const task = { metric: 'accuracy', before: 0.97, after: 0.96, higherIsBetter: true, samples: 300 };
    builder.append([{ time: 1, type: 'quality', task: 'Spam or ham', ...task }]);
    const position = builder.position();
    builder.append([{ time: 2, type: 'quality', task: 'Topics', ...task }]);
    expect(builder.snapshot(SUMMARY).quality).toMatchObject([{ task: 'Spam or ham' }, { task: 'Topics' }]);
    expect(builder.increment(SUMMARY, position).quality).toMatchObject([{ task: 'Topics', ...task }]);
    expect(builder.increment(SUMMARY, builder.position()).quality).toBeUndefined();
  });

  it('sends each figure of a study once', () => {
    const builder = new RunViewBuilder({ job: 'study', study: 'kashin/transforms', quick: true, seed: 1 });
    const row = (what: string) => ({ what, ours: 1, unit: 'steps' });
    builder.append([{ time: 1, type: 'figure', row: row('first') }]);
    const position = builder.position();
    builder.append([{ time: 2, type: 'figure', row: row('second') }]);
    expect(builder.snapshot(SUMMARY).figures).toEqual([row('first'), row('second')]);
    expect(builder.increment(SUMMARY, position).figures).toEqual([row('second')]);
    expect(builder.increment(SUMMARY, builder.position()).figures).toBeUndefined();
  });

  it('names the engine of the environment', () => {
    const builder = new RunViewBuilder(SPEC);
    const environment = { host: 'h', platform: 'p', node: 'n', weightroom: '0' };
    builder.setEnvironment(environment);
    expect(builder.snapshot(SUMMARY).engine).toBeUndefined();
    builder.setEnvironment({
      ...environment,
      engine: { id: 'tensorflow', device: 'CPU, 2 threads', version: '2.21.0' },
    });
    expect(builder.snapshot(SUMMARY).engine).toBe('TensorFlow 2.21.0 on CPU, 2 threads');
  });
});
