import type {
  GradientPlane,
  InstrumentCost,
  LayerHistogram,
  VerdictEvent,
} from '../../../src/protocol/instruments';
import type { AtStep, InstrumentsView } from '../../../src/protocol/messages';
import { SeriesColumns } from '../seriesColumns';

/** What the instruments of a run have said, as a panel holds it. */
export interface InstrumentsModel {
  /** By quantity. */
  readonly readings: Map<string, SeriesColumns>;
  /** By quantity, then by layer; the series are named after their layers. */
  readonly byLayer: Map<string, Map<string, SeriesColumns>>;
  histograms: readonly AtStep<LayerHistogram>[];
  planes: readonly AtStep<GradientPlane>[];
  costs: readonly InstrumentCost[];
  verdicts: readonly VerdictEvent[];
}

export function noInstruments(): InstrumentsModel {
  return { readings: new Map(), byLayer: new Map(), histograms: [], planes: [], costs: [], verdicts: [] };
}

/** Takes in a snapshot or what is new since. */
export function addInstruments(model: InstrumentsModel, view: InstrumentsView | undefined): void {
  for (const series of view?.readings ?? []) columnsIn(model.readings, series.name).append(series);
  for (const series of view?.byLayer ?? []) {
    let layers = model.byLayer.get(series.name);
    if (!layers) model.byLayer.set(series.name, (layers = new Map<string, SeriesColumns>()));
    columnsIn(layers, series.layer).append(series);
  }
  model.histograms = view?.histograms ?? model.histograms;
  model.planes = view?.planes ?? model.planes;
  model.costs = view?.costs ?? model.costs;
  model.verdicts = view?.verdicts ?? model.verdicts;
}

/** Whether anything was measured at all. */
export function isInstrumented({ readings, verdicts }: InstrumentsModel): boolean {
  return readings.size > 0 || verdicts.length > 0;
}

function columnsIn(map: Map<string, SeriesColumns>, name: string): SeriesColumns {
  let columns = map.get(name);
  if (!columns) map.set(name, (columns = new SeriesColumns(name)));
  return columns;
}
