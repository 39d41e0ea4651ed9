import type { SweepPlan, SweepSummary, TrialResult } from '../../../src/protocol/sweep';
import { summarizeTrials } from '../../../src/protocol/sweepRanking';
import type { ChartHost } from '../chartFrame';
import { dataTable } from '../dataTable';
import { element } from '../dom';
import { formatNumber, metricLabel } from '../format';
import { parallelCoordinates } from './parallelCoordinates';

export interface SweepResults {
  readonly element: HTMLElement;
  /** All trials that are over. */
  setTrials(plan: SweepPlan, trials: readonly TrialResult[]): void;
}

/** The settings of a sweep, the best first, as a picture and as a table; then every trial. */
export function sweepResults(host: ChartHost): SweepResults {
  const chart = parallelCoordinates(host);
  const settings = element('div');
  const trials = element('div');
  const none = element('p', { class: 'quiet', text: 'No trial is over yet.' });
  const found = element(
    'div',
    { class: 'charts' },
    chart.element,
    element('h3', { text: 'Settings, best first' }),
    settings,
    element('h3', { text: 'Trials' }),
    trials,
  );
  found.hidden = true;
  let shown = 0;
  return {
    element: element('div', {}, none, found),
    setTrials(plan, results) {
      if (results.length === shown) return;
      shown = results.length;
      none.hidden = true;
      found.hidden = false;
      const summary = summarizeTrials(plan, results);
      const paths = plan.axes.map(({ path }) => path);
      chart.setSummary(paths, summary);
      settings.replaceChildren(settingsTable(paths, summary));
      trials.replaceChildren(trialsTable(paths, summary));
    },
  };
}

function settingsTable(paths: readonly string[], { metric, settings }: SweepSummary): HTMLElement {
  return dataTable({
    caption: 'Settings, best first',
    columns: [...paths, metric === undefined ? 'Metric' : metricLabel(metric), 'Deviation', 'Ended well'],
    rows: settings.map(({ parameters, mean, deviation, done, runs }) => [
      ...paths.map((path) => cell(parameters[path])),
      mean === undefined ? '–' : formatNumber(mean),
      deviation === undefined ? '–' : formatNumber(deviation),
      `${done} of ${runs.length}`,
    ]),
  });
}

function trialsTable(paths: readonly string[], { trials }: SweepSummary): HTMLElement {
  const metrics = [...new Set(trials.flatMap(({ final }) => Object.keys(final)))];
  return dataTable({
    caption: 'Trials',
    columns: [...paths, 'Seed', 'State', ...metrics.map(metricLabel), 'Run'],
    rows: trials.map(({ parameters, seed, state, final, run, error }) => [
      ...paths.map((path) => cell(parameters[path])),
      seed === undefined ? '–' : String(seed),
      error === undefined ? state : `${state}: ${error}`,
      ...metrics.map((name) => (final[name] === undefined ? '–' : formatNumber(final[name]))),
      run,
    ]),
  });
}

function cell(value: string | number | boolean | undefined): string {
  return typeof value === 'number' ? formatNumber(value) : String(value ?? '–');
}
