import { describe, expect, it } from 'vitest';
import { ExperimentReadings } from '../../../src/host/experiments/experimentReadings';
import type { RunEvent } from '../../../src/protocol/events';
import { RunViewBuilder } from '../../../src/runs/view';
import { instrumentedJournal } from '../runs/instrumentedRun';
import { SPEC, SUMMARY } from '../runs/runningRun';

function readings(events: readonly RunEvent[], ...more: readonly (readonly RunEvent[])[]) {
  const builder = new RunViewBuilder(SPEC);
  const found = new ExperimentReadings();
  builder.append(events);
  found.add(builder.snapshot(SUMMARY).instruments);
  for (const part of more) {
    const position = builder.position();
    builder.append(part);
    found.add(builder.increment(SUMMARY, position).instruments);
  }
  return found;
}

describe('ExperimentReadings', () => {
  it('has the latest numbers beside the optimizer, and says what they are', () => {
    const journal = instrumentedJournal({ steps: 200 });
    const margins = journal.flatMap((event) =>
      event.type === 'instruments' ? (event.values['stabilityMargin'] ?? []) : [],
    );
    const hint = readings(journal.slice(0, 20), journal.slice(20)).hint();
    expect(hint?.label).toBe(
      `effective step 0.5 · stability margin ${Number(margins.at(-1)!.toPrecision(4))}`,
    );
    expect(hint?.explained[1]).toContain('Limit of the optimizer over λmax');
    expect(readings([]).hint()).toBeUndefined();
  });

  it('finds what concerns a field, until a later verdict takes it back', () => {
    const journal = instrumentedJournal();
    expect(readings(journal).findings).toMatchObject([
      { id: 'stability', level: 'warning', field: 'optimizer.learningRate', step: 1000 },
    ]);
    const verdict = journal.find((event) => event.type === 'verdict' && event.level === 'good')!;
    expect(readings(journal, [verdict]).findings).toEqual([]);
  });
});
