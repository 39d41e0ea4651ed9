import type { RunEvent } from '../../protocol/events';
import type { RunRecord } from '../../protocol/run';
import { runView } from '../view';

type Cell = string | number | undefined;
type Rows = Generator<readonly Cell[]>;

/**
 * The tables of what instruments said, by file name: readings of the model, one row a reading; of its layers,
 * one row a reading and layer; every bin of every histogram; verdicts as they came; what each instrument cost.
 */
export function instrumentTables(record: RunRecord): readonly (readonly [string, Rows])[] {
  const { events } = record;
  return [
    ['instruments.csv', readingRows(events)],
    ['layers.csv', layerRows(events)],
    ['histograms.csv', histogramRows(events)],
    ['verdicts.csv', verdictRows(events)],
    ['instrument-costs.csv', costRows(record)],
  ];
}

function* readingRows(events: readonly RunEvent[]): Rows {
  const names = namesIn(events, 'values');
  yield ['step', 'epoch', 'seconds', ...names];
  const seconds = clock(events);
  for (const event of events) {
    if (event.type !== 'instruments') continue;
    const { step, epoch, values } = event;
    if (Object.keys(values).length === 0) continue;
    yield [step, epoch, seconds(event), ...names.map((name) => values[name])];
  }
}

function* layerRows(events: readonly RunEvent[]): Rows {
  const names = namesIn(events, 'byLayer');
  yield ['step', 'epoch', 'seconds', 'layer', ...names];
  const seconds = clock(events);
  let layers: readonly string[] = [];
  for (const event of events) {
    if (event.type !== 'instruments') continue;
    layers = event.layers ?? layers;
    const { step, epoch, byLayer } = event;
    if (!byLayer) continue;
    for (const [k, layer] of layers.entries()) {
      yield [step, epoch, seconds(event), layer, ...names.map((name) => byLayer[name]?.[k])];
    }
  }
}

function* histogramRows(events: readonly RunEvent[]): Rows {
  yield ['step', 'of', 'layer', 'from', 'to', 'count'];
  for (const event of events) {
    if (event.type !== 'instruments') continue;
    for (const { of, layer, start, width, counts } of event.histograms ?? []) {
      for (const [k, count] of counts.entries()) {
        yield [event.step, of, layer, start + k * width, start + (k + 1) * width, count];
      }
    }
  }
}

function* verdictRows(events: readonly RunEvent[]): Rows {
  yield ['step', 'id', 'level', 'text', 'remedy', 'field', 'evidence'];
  for (const event of events) {
    if (event.type !== 'verdict') continue;
    const { step, id, level, text, remedy, field, evidence } = event;
    const grounds = evidence.map(({ quantity, value, limit, layer }) => {
      const where = layer === undefined ? '' : ` in ${layer}`;
      return `${quantity}${where} ${value}${limit === undefined ? '' : ` against ${limit}`}`;
    });
    yield [step, id, level, text, remedy, field, grounds.join('; ')];
  }
}

function* costRows(record: RunRecord): Rows {
  yield ['instrument', 'quantities', 'readings', 'seconds', 'share'];
  for (const cost of runView(record).instruments?.costs ?? []) {
    const { instrument, quantities, readings, seconds, share } = cost;
    yield [instrument, quantities?.join(' '), readings, seconds, share];
  }
}

/** Quantities that are read at all, in the order of their first reading. */
function namesIn(events: readonly RunEvent[], part: 'values' | 'byLayer'): readonly string[] {
  const names = new Set<string>();
  for (const event of events) {
    if (event.type === 'instruments') for (const name of Object.keys(event[part] ?? {})) names.add(name);
  }
  return [...names];
}

/** Seconds of an event since the first one. */
function clock(events: readonly RunEvent[]): (event: RunEvent) => number {
  const start = events[0]?.time ?? 0;
  return ({ time }) => (time - start) / 1000;
}
