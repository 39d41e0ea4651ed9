import type { FinishedEvent, Quality, RateDistortion, TensorResult } from '../../src/protocol/events';
import type { JobSpec } from '../../src/protocol/jobSpec';
import type { RunView, Series, ToRunPanel } from '../../src/protocol/messages';
import type { RunSummary } from '../../src/protocol/run';
import type { StudyRow } from '../../src/protocol/study';
import type { TrialResult } from '../../src/protocol/sweep';
import { addInstruments, noInstruments, type InstrumentsModel } from './instruments/instrumentsModel';
import { SeriesColumns } from './seriesColumns';

/** A run as a panel holds it: begun by a snapshot, grown by increments. */
export interface RunModel {
  summary: RunSummary;
  readonly spec: JobSpec;
  /** By name, in the order of their first appearance. */
  readonly series: Map<string, SeriesColumns>;
  readonly tensors: TensorResult[];
  rateDistortion: RateDistortion | undefined;
  readonly quality: Quality[];
  /** Of a study. */
  readonly figures: StudyRow[];
  /** Of a sweep. */
  readonly trials: TrialResult[];
  readonly instruments: InstrumentsModel;
  readonly messages: RunView['messages'][number][];
  finished: FinishedEvent | undefined;
  engine: string | undefined;
}

export function modelOf(run: RunView): RunModel {
  const model: RunModel = {
    summary: run.summary,
    spec: run.spec,
    series: new Map(),
    tensors: [...run.tensors],
    rateDistortion: run.rateDistortion,
    quality: [...(run.quality ?? [])],
    figures: [...(run.figures ?? [])],
    trials: [...(run.trials ?? [])],
    instruments: noInstruments(),
    messages: [...run.messages],
    finished: run.finished,
    engine: run.engine,
  };
  appendSeries(model.series, run.series);
  addInstruments(model.instruments, run.instruments);
  return model;
}

export function applyIncrement(model: RunModel, increment: ToRunPanel & { type: 'increment' }): void {
  model.summary = increment.summary;
  appendSeries(model.series, increment.series);
  model.tensors.push(...increment.tensors);
  model.rateDistortion = increment.rateDistortion ?? model.rateDistortion;
  model.quality.push(...(increment.quality ?? []));
  model.figures.push(...(increment.figures ?? []));
  model.trials.push(...(increment.trials ?? []));
  addInstruments(model.instruments, increment.instruments);
  model.messages.push(...increment.messages);
  model.finished = increment.finished ?? model.finished;
  model.engine = increment.engine ?? model.engine;
}

function appendSeries(known: Map<string, SeriesColumns>, added: readonly Series[]): void {
  for (const series of added) {
    let columns = known.get(series.name);
    if (!columns) known.set(series.name, (columns = new SeriesColumns(series.name)));
    columns.append(series);
  }
}
