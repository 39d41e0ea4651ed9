import type { QuantizeSummary } from '../../src/protocol/events';
import type { RunView } from '../../src/protocol/messages';
import { FIRST_STACK_VIEW } from '../ui/chartStack';
import { convergence } from '../ui/convergence';
import { dataTable } from '../ui/dataTable';
import { element, type Child } from '../ui/dom';
import { FIRST_GRADIENTS_VIEW, gradients } from '../ui/instruments/gradients';
import { addInstruments, noInstruments } from '../ui/instruments/instrumentsModel';
import { steps } from '../ui/instruments/steps';
import { comparison } from '../ui/quantization/comparison';
import { errorChart } from '../ui/quantization/errorChart';
import { FIRST_RATE_DISTORTION_VIEW } from '../ui/quantization/rateDistortionChart';
import { formatBytes, formatDecibels, formatDuration, formatNumber, metricTitle } from '../ui/format';
import { runName } from '../ui/runName';
import { SeriesColumns } from '../ui/seriesColumns';
import { studyFigures } from '../ui/study/studyFigures';
import { sweepResults } from '../ui/sweep/sweepResults';
import { DOWNLOADS } from './saving';

/**
 * Several runs over one another: a table of their figures, what studies and sweeps found, their curves, their tensors'
 * errors, and the picture of the model under all methods. Of a run alone, what its instruments said.
 */
export function runsSection(runs: readonly RunView[]): readonly Child[] {
  return [
    figures(runs),
    ...studies(runs),
    ...sweeps(runs),
    curves(runs),
    ...instruments(runs),
    errors(runs),
    ...compared(runs),
  ];
}

/** What was measured beside the metrics; only of a run alone, for its panels are long. */
function instruments([run, ...others]: readonly RunView[]): readonly Child[] {
  if (!run?.instruments || others.length > 0) return [];
  const model = noInstruments();
  addInstruments(model, run.instruments);
  const tab = gradients(DOWNLOADS, { view: FIRST_GRADIENTS_VIEW, onView: () => undefined });
  const stepTab = steps(DOWNLOADS, { view: FIRST_STACK_VIEW, onView: () => undefined });
  tab.update(model);
  stepTab.update(model);
  return [
    element('h2', { text: 'Gradients' }),
    tab.element,
    element('h2', { text: 'Step' }),
    stepTab.element,
  ];
}

function figures(runs: readonly RunView[]): Child {
  if (runs.length < 2) return undefined;
  // What a quantization measures has columns of its own.
  const trainings = runs.filter((run) => run.spec.job === 'train');
  const metrics = [...new Set(trainings.flatMap((run) => Object.keys(run.summary.last)))];
  const quantized = runs.some((run) => quantizeSummary(run) !== undefined);
  const rows = runs.map((run) => {
    const summary = quantizeSummary(run);
    return [
      runName(run, runs),
      run.summary.state,
      formatDuration(run.summary.seconds),
      ...metrics.map((name) => run.summary.last[name]),
      ...(quantized
        ? [
            summary && formatBytes(summary.bytes.after),
            summary?.bitsPerWeight.file,
            summary && formatNumber(summary.distortion, 3),
            summary && formatDecibels(summary.snrDb),
          ]
        : []),
    ];
  });
  const columns = [
    'Run',
    'State',
    'Time',
    ...metrics.map(metricTitle),
    ...(quantized ? ['Written', 'Bits a weight', 'Distortion', 'SNR'] : []),
  ];
  return dataTable({ caption: 'Runs', columns, rows });
}

function quantizeSummary(run: RunView): QuantizeSummary | undefined {
  const summary = run.finished?.summary;
  return summary?.job === 'quantize' ? summary : undefined;
}

function studies(runs: readonly RunView[]): readonly Child[] {
  return runs.flatMap((run) => {
    if (run.figures === undefined) return [];
    const found = studyFigures(DOWNLOADS);
    found.setRows(run.figures);
    return [found.element];
  });
}

function sweeps(runs: readonly RunView[]): readonly Child[] {
  return runs.flatMap(({ spec, trials }) => {
    if (spec.job !== 'sweep' || trials === undefined) return [];
    const found = sweepResults(DOWNLOADS);
    found.setTrials(spec, trials);
    return [found.element];
  });
}

function curves(runs: readonly RunView[]): Child {
  const series = runs.flatMap((run) =>
    run.series.map((one) =>
      SeriesColumns.from(one, runs.length > 1 ? `${runName(run, runs)}: ${one.name}` : one.name),
    ),
  );
  if (series.length === 0) return undefined;
  const charts = convergence(FIRST_STACK_VIEW, DOWNLOADS, () => undefined);
  charts.setSeries(series, true);
  return charts.element;
}

function errors(runs: readonly RunView[]): Child {
  const named = runs
    .filter((run) => run.tensors.some((tensor) => tensor.action === 'quantized'))
    .map((run) => ({ name: runName(run, runs), tensors: run.tensors }));
  if (named.length === 0) return undefined;
  const chart = errorChart(DOWNLOADS);
  chart.setRuns(named);
  return chart.element;
}

function compared(runs: readonly RunView[]): readonly Child[] {
  const measured = runs.find(({ rateDistortion }) => rateDistortion !== undefined)?.rateDistortion;
  if (!measured) return [];
  const picture = comparison(FIRST_RATE_DISTORTION_VIEW, DOWNLOADS, () => undefined);
  picture.set(
    measured,
    runs.map((run) => ({ spec: run.spec, summary: quantizeSummary(run) })),
  );
  return picture.elements;
}
