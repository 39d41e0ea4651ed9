import type { FinishedEvent, RateDistortion } from '../../../src/protocol/events';
import type { ChartHost } from '../chartFrame';
import { element, freshId, type Child } from '../dom';
import { messageList } from '../messageList';
import type { RunModel } from '../runModel';
import { tiles } from '../tiles';
import { comparison } from './comparison';
import { costTiles } from './costTiles';
import { errorChart } from './errorChart';
import { lossTiles } from './lossTiles';
import { portableNote } from './portableNote';
import { FIRST_RATE_DISTORTION_VIEW, type RateDistortionView } from './rateDistortionChart';
import { sizeBars } from './sizeBars';
import type { TensorOrder } from './tensorColumns';
import { tensorDetail } from './tensorDetail';
import { tensorTable } from './tensorTable';
import { closingFigures } from './wholeModel';

/** What a person chose in the report. */
export interface QuantizationView {
  readonly order: TensorOrder;
  /** Name of the chosen tensor. */
  readonly selected?: string;
  readonly rateDistortion: RateDistortionView;
}

export const FIRST_QUANTIZATION_VIEW: QuantizationView = {
  order: { descending: false },
  rateDistortion: FIRST_RATE_DISTORTION_VIEW,
};

export interface QuantizationReport {
  /** The sections of the report, in their order. */
  readonly sections: readonly HTMLElement[];
  update(run: RunModel): void;
}

export interface QuantizationReportOptions {
  readonly view: QuantizationView;
  readonly onView: (view: QuantizationView) => void;
  /** Stands below the sizes: what was written. */
  readonly outputs?: HTMLElement;
  /** Writes the packed file of a run that wrote a portable one. */
  readonly pack?: () => void;
}

const NOT_COMPARED =
  'This run did not try other methods. In a terminal, weightroom rate-distortion does, on a sample of the weights of ' +
  'any model.';
const UNFINISHED =
  'Not finished: the run was stopped before every method was tried. What it was to write was written before.';

/**
 * The report on one quantization: what it costs, what it loses, why, and what other methods and bits make
 * of the same model.
 */
export function quantizationReport(host: ChartHost, options: QuantizationReportOptions): QuantizationReport {
  let { view } = options;
  let model: RunModel | undefined;
  const change = (part: Partial<QuantizationView>) => options.onView((view = { ...view, ...part }));

  const costs = tiles('What it costs');
  const sizes = sizeBars();
  const portable = portableNote(options.pack);
  const losses = tiles('What it loses');
  const errors = errorChart(host, select);
  const table = tensorTable(view.order, (order) => change({ order }), select);
  const detail = tensorDetail(host);
  const picture = comparison(view.rateDistortion, host, (rateDistortion) => change({ rateDistortion }));
  const messages = messageList();
  const waiting = element('p', {
    class: 'empty',
    text: 'No tensor is done yet. Each appears here as soon as it is.',
  });

  const costSection = section(
    'What it costs',
    costs.element,
    sizes.element,
    options.outputs,
    portable.element,
  );
  const lossSection = section(
    'What it loses',
    waiting,
    losses.element,
    messages.element,
    errors.element,
    table.element,
  );
  const whySection = section('Why', detail.element);
  const notCompared = element('p', { class: 'quiet' });
  const compareSection = section('Against other methods and bits', notCompared, ...picture.elements);

  function select(name: string): void {
    change({ selected: name });
    if (model) showSelected(model);
    table.reveal();
  }

  /** The chosen tensor; until one is chosen, the first that has something to look at. */
  function showSelected({ tensors }: RunModel): void {
    const tensor =
      tensors.find(({ name }) => name === view.selected) ??
      tensors.find(({ decomposition, histogram }) => decomposition !== undefined || histogram !== undefined);
    table.select(tensor?.name);
    errors.select(tensor?.name);
    detail.show(tensor);
    whySection.hidden = tensor === undefined;
  }

  let compared: RateDistortion | undefined;
  let closed: FinishedEvent | undefined;
  /** The picture is drawn anew only where something changed, so that a cursor in it stays. */
  function compare(run: RunModel): void {
    const { rateDistortion, finished, spec } = run;
    compareSection.hidden = rateDistortion === undefined && closingFigures(run) === undefined;
    const isUnfinished = closingFigures(run)?.unfinished?.includes('comparison') === true;
    notCompared.textContent = isUnfinished ? UNFINISHED : NOT_COMPARED;
    notCompared.hidden = rateDistortion !== undefined && !isUnfinished;
    for (const element of picture.elements) element.hidden = rateDistortion === undefined;
    if (!rateDistortion || (rateDistortion === compared && finished === closed)) return;
    compared = rateDistortion;
    closed = finished;
    picture.set(rateDistortion, [{ spec, summary: closingFigures(run) }]);
  }

  return {
    sections: [costSection, lossSection, whySection, compareSection],
    update: (run) => {
      model = run;
      costs.set(costTiles(run));
      sizes.update(run);
      portable.update(run);
      costSection.hidden = costTiles(run).length === 0;
      losses.set(lossTiles(run));
      messages.set(run.messages);
      messages.element.hidden = run.messages.length === 0;
      const none = run.tensors.length === 0;
      waiting.hidden = !none;
      table.element.hidden = none;
      table.setTensors(run.tensors);
      errors.setRuns([{ name: 'SNR', tensors: run.tensors }]);
      errors.element.hidden = !run.tensors.some((tensor) => tensor.action === 'quantized');
      showSelected(run);
      compare(run);
    },
  };
}

function section(heading: string, ...children: readonly Child[]): HTMLElement {
  const title = element('h2', { text: heading, attributes: { id: freshId('finding') } });
  return element(
    'section',
    { class: 'finding', attributes: { 'aria-labelledby': title.id } },
    title,
    ...children,
  );
}
