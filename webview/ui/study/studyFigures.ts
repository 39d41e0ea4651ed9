import type { StudyRow } from '../../../src/protocol/study';
import type { ChartHost } from '../chartFrame';
import { dataTable } from '../dataTable';
import { element } from '../dom';
import { formatNumber } from '../format';
import { figureChart, type FigureChart } from './figureChart';
import { picturesOf } from './figureCurves';

export interface StudyFigures {
  readonly element: HTMLElement;
  /** All figures that were found so far. */
  setRows(rows: readonly StudyRow[]): void;
  dispose(): void;
}

/** The pictures of a study, and its figures beside the published ones as a table. */
export function studyFigures(host: ChartHost): StudyFigures {
  const pictures = element('div', { class: 'charts' });
  const table = element('div');
  const charts = new Map<string, FigureChart>();
  let shown = -1;
  return {
    element: element('div', {}, pictures, table),
    setRows(rows) {
      if (rows.length === shown) return;
      shown = rows.length;
      for (const picture of picturesOf(rows)) {
        const known = charts.get(picture.title);
        if (known) {
          known.setPicture(picture);
          continue;
        }
        const chart = figureChart(picture, host);
        charts.set(picture.title, chart);
        pictures.append(chart.element);
      }
      table.replaceChildren(
        rows.length === 0
          ? element('p', { class: 'quiet', text: 'No figures yet.' })
          : dataTable({ caption: 'Figures', columns: COLUMNS, rows: rows.map(cells) }),
      );
    },
    dispose: () => charts.forEach((chart) => chart.dispose()),
  };
}

const COLUMNS = ['What', 'Published', 'Ours', 'Deviation', 'Unit', 'Verdict', 'Note'];

function cells({ what, published, ours, deviation, unit, verdict, note }: StudyRow) {
  const figure = (value: number | string) => (typeof value === 'number' ? formatNumber(value) : value);
  return [
    what,
    published === undefined ? undefined : figure(published),
    figure(ours),
    deviation === undefined ? undefined : `${(100 * deviation).toFixed(1)} %`.replace('-', '−'),
    unit,
    verdict ?? '',
    note ?? '',
  ];
}
