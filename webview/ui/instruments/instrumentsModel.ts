import { keepSpread } from '../../../src/math/keepSpread';
import {
  HISTOGRAMS_KEPT,
  type GradientPlane,
  type InstrumentCost,
  type LayerHistogram,
  type VerdictEvent,
} from '../../../src/protocol/instruments';
import type { AtStep, InstrumentsView } from '../../../src/protocol/messages';
import { SeriesColumns } from '../seriesColumns';

/** What the instruments of a run have said, as a panel holds it. */
export interface InstrumentsModel {
  /** By quantity. */
  readonly readings: Map<string, SeriesColumns>;
  /** By quantity, then by layer; the series are named after their layers. */
  readonly byLayer: Map<string, Map<string, SeriesColumns>>;
  /** By kind and layer ({@link histogramKey}), in the order of steps. */
  readonly histograms: Map<string, readonly AtStep<LayerHistogram>[]>;
  planes: readonly AtStep<GradientPlane>[];
  costs: readonly InstrumentCost[];
  verdicts: readonly VerdictEvent[];
}

export function noInstruments(): InstrumentsModel {
  return {
    readings: new Map(),
    byLayer: new Map(),
    histograms: new Map(),
    planes: [],
    costs: [],
    verdicts: [],
  };
}

/** Takes in a snapshot or what is new since. */
export function addInstruments(model: InstrumentsModel, view: InstrumentsView | undefined): void {
  for (const series of view?.readings ?? []) columnsIn(model.readings, series.name).append(series);
  for (const series of view?.byLayer ?? []) {
    let layers = model.byLayer.get(series.name);
    if (!layers) model.byLayer.set(series.name, (layers = new Map<string, SeriesColumns>()));
    columnsIn(layers, series.layer).append(series);
  }
  for (const one of view?.histograms ?? []) {
    const kept = model.histograms.get(histogramKey(one)) ?? [];
    model.histograms.set(
      histogramKey(one),
      keepSpread(kept, one, HISTOGRAMS_KEPT, ({ step }) => step),
    );
  }
  model.planes = view?.planes ?? model.planes;
  model.costs = view?.costs ?? model.costs;
  model.verdicts = view?.verdicts ?? model.verdicts;
}

/** The key of a kind of histogram and a layer. */
export function histogramKey({ of, layer }: Pick<LayerHistogram, 'of' | 'layer'>): string {
  return `${of} ${layer}`;
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
