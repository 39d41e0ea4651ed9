import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent, type RunEvent } from '../../../src/protocol/events';
import { HISTOGRAMS_KEPT } from '../../../src/protocol/instruments';
import type { LayerSeries, Series } from '../../../src/protocol/messages';
import { decodeReport, encodeReport } from '../../../src/protocol/report';
import type { RunRecord } from '../../../src/protocol/run';
import { writeCsv } from '../../../src/runs/export/csv';
import { renderHtml } from '../../../src/runs/export/html';
import { runReport } from '../../../src/runs/export/runReport';
import { SummaryFold } from '../../../src/runs/summaryFold';
import { RunViewBuilder } from '../../../src/runs/view';
import { instrumentedJournal, LAYERS } from './instrumentedRun';
import { temporaryFolder } from './workspace';
import { SPEC, SUMMARY } from './runningRun';

const JOURNAL = instrumentedJournal();
const RECORD: RunRecord = { summary: SUMMARY, spec: SPEC, environment: undefined, events: JOURNAL };

function readings(events: readonly RunEvent[] = JOURNAL) {
  return events.flatMap((event) => (event.type === 'instruments' ? [event] : []));
}

function built(events: readonly RunEvent[]): RunViewBuilder {
  const builder = new RunViewBuilder(SPEC);
  builder.append(events);
  return builder;
}

describe('a run with instruments', () => {
  it('has its readings as columns, of the model and of each layer', () => {
    const { instruments } = built(JOURNAL).snapshot(SUMMARY);
    const curvature = instruments?.readings?.find(({ name }) => name === 'largestCurvature');
    const measured = readings().filter(({ values }) => 'largestCurvature' in values);
    expect(Array.from(curvature?.steps ?? [])).toEqual(measured.map(({ step }) => step));
    expect(Array.from(curvature?.values ?? [])).toEqual(measured.map((e) => e.values['largestCurvature']));
    expect(curvature?.seconds[0]).toBe(1);
    for (const [k, layer] of LAYERS.entries()) {
      const ratio = instruments?.byLayer?.find((one) => one.name === 'updateRatio' && one.layer === layer);
      expect(Array.from(ratio?.values ?? [])).toEqual(readings().map((e) => e.byLayer?.['updateRatio']?.[k]));
    }
  });

  it('keeps histograms over time, spread over the run, with the first and the latest', () => {
    const journal = instrumentedJournal({ steps: 3000 });
    const { instruments } = built(journal).snapshot(SUMMARY);
    const read = journal.flatMap((one) => (one.type === 'instruments' && one.histograms ? [one.step] : []));
    expect(read.length).toBeGreaterThan(2 * HISTOGRAMS_KEPT);
    for (const layer of LAYERS) {
      const steps = instruments!.histograms!.filter((one) => one.layer === layer).map(({ step }) => step);
      expect(steps).toHaveLength(HISTOGRAMS_KEPT);
      expect([steps[0], steps.at(-1)]).toEqual([read[0], 3000]);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
    }
  });

  it('keeps the latest plane of each layer, cost of each instrument and verdict of each id', () => {
    const { instruments } = built(JOURNAL).snapshot(SUMMARY);
    expect(instruments?.planes?.map(({ layer, step }) => [layer, step])).toEqual(
      LAYERS.map((layer) => [layer, 1000]),
    );
    expect(instruments?.costs?.find(({ instrument }) => instrument === 'curvature')?.readings).toBe(100);
    expect(instruments?.verdicts).toHaveLength(1);
    expect(instruments?.verdicts?.[0]).toMatchObject({ id: 'stability', level: 'warning', step: 1000 });
  });

  it('is told in increments that add up to the snapshot, and leave out what has not changed', () => {
    const builder = new RunViewBuilder(SPEC);
    const parts: (readonly (Series | LayerSeries)[])[] = [];
    let position = builder.position();
    for (let start = 0; start < JOURNAL.length; start += 37) {
      const events = JOURNAL.slice(start, start + 37);
      builder.append(events);
      const { instruments } = builder.increment(SUMMARY, position);
      parts.push([...(instruments?.readings ?? []), ...(instruments?.byLayer ?? [])]);
      const hasHistograms = events.some((event) => event.type === 'instruments' && event.histograms);
      expect(instruments?.histograms !== undefined).toBe(hasHistograms);
      position = builder.position();
      expect(builder.increment(SUMMARY, position).instruments).toBeUndefined();
    }
    const whole = builder.snapshot(SUMMARY).instruments;
    const layerOf = (series: Series | LayerSeries) => ('layer' in series ? series.layer : '');
    for (const series of [...(whole?.readings ?? []), ...(whole?.byLayer ?? [])]) {
      const same = parts.flat().filter((p) => p.name === series.name && layerOf(p) === layerOf(series));
      expect(same.flatMap(({ values }) => [...values])).toEqual([...series.values]);
      expect(same.flatMap(({ steps }) => [...steps])).toEqual([...series.steps]);
    }
  });

  it('names layers anew where they change', () => {
    const event = (
      step: number,
      layers: readonly string[] | undefined,
      norms: readonly number[],
    ): RunEvent => ({
      time: step,
      type: 'instruments',
      step,
      epoch: 0,
      values: {},
      byLayer: { gradientNorm: norms },
      ...(layers && { layers }),
    });
    const events = [event(1, ['a', 'b'], [1, 2]), event(2, undefined, [3, 4]), event(3, ['b', 'c'], [5, 6])];
    const { instruments } = built(events).snapshot(SUMMARY);
    const layers = instruments?.byLayer?.map(({ layer, values }) => [layer, [...values]]);
    expect(layers).toEqual([
      ['a', [1, 3]],
      ['b', [2, 4, 5]],
      ['c', [6]],
    ]);
  });

  it('has none of its readings among the latest values of metrics', () => {
    const fold = new SummaryFold();
    fold.absorb(JOURNAL);
    expect(Object.keys(fold.last)).toEqual(['trainLoss']);
  });

  it('keeps readings that are not finite on their way through the journal', () => {
    const event: RunEvent = { time: 1, type: 'instruments', step: 1, epoch: 0, values: { noiseScale: NaN } };
    expect(decodeEvent(encodeEvent(event))).toEqual(event);
  });
});

describe('the export of a run with instruments', () => {
  async function table(name: string): Promise<readonly string[]> {
    const files = await writeCsv(await temporaryFolder(), RECORD);
    const file = files.find((candidate) => path.basename(candidate) === name);
    return (await readFile(file ?? '', 'utf8')).trimEnd().split('\r\n');
  }

  it('has a row a reading, and one a reading and layer', async () => {
    const [header, ...rows] = await table('instruments.csv');
    expect(header).toMatch(/^step,epoch,seconds,gradientNorm,gradientVariance,.*stabilityMargin/);
    expect(rows).toHaveLength(readings().length);
    const [layersHeader, first] = await table('layers.csv');
    expect(layersHeader).toBe('step,epoch,seconds,layer,gradientNorm,updateRatio,deadUnits');
    const { byLayer, epoch } = readings()[0]!;
    expect(first).toBe(
      [10, epoch, 0.2, 'conv_1', ...Object.values(byLayer ?? {}).map(([value]) => value)].join(','),
    );
  });

  it('has every bin, every verdict and the latest costs', async () => {
    const bins = await table('histograms.csv');
    expect(bins).toHaveLength(1 + 20 * LAYERS.length * 40);
    const counts = bins.slice(1, 41).map((row) => Number(row.split(',').at(-1)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1000);
    expect(await table('verdicts.csv')).toHaveLength(1 + 20);
    const costs = await table('instrument-costs.csv');
    expect(costs[2]).toBe('curvature,largestCurvature stabilityMargin,100,3.2,0.16');
  });

  it('travels in the HTML page, its long curves thinned', () => {
    const report = runReport(RECORD);
    expect(decodeReport(encodeReport(report))).toEqual(report);
    const long = instrumentedJournal({ steps: 120_000 });
    const page = renderHtml(runReport({ ...RECORD, events: long }), { script: '', style: '' });
    const json = /id="report">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
    const charts = decodeReport(json).sections.find((section) => section.kind === 'runs');
    const norm = charts?.runs[0]?.instruments?.byLayer?.find(({ layer }) => layer === 'conv_2');
    expect(norm).toMatchObject({ name: 'gradientNorm', layer: 'conv_2' });
    expect(norm?.values.length).toBe(10_000);
    expect(charts?.note).toContain('lowest and highest');
  });
});
