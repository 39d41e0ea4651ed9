import type { TensorResult } from '../../../src/protocol/events';
import { barChart } from '../barChart';
import type { ChartHost } from '../chartFrame';
import { formatDecibels } from '../format';

export interface ErrorChart {
  readonly element: HTMLElement;
  /** Runs by name with their tensors; tensors are matched by name, in the order of the first run. */
  setRuns(runs: readonly { readonly name: string; readonly tensors: readonly TensorResult[] }[]): void;
  select(tensor: string | undefined): void;
  dispose(): void;
}

/** The signal-to-noise ratio of each quantized tensor, in the order of the file; kept tensors are left out. */
export function errorChart(host: ChartHost, onSelect?: (tensor: string) => void): ErrorChart {
  let names: readonly string[] = [];
  let groups: readonly { name: string; values: readonly number[] }[] = [];
  let selected: string | undefined;
  const chart = barChart(
    {
      title: 'Signal-to-noise ratio by tensor',
      caption: 'How close each tensor is to what it was: 6 dB less is twice the error.',
      placeName: 'tensor',
      xTitle: 'quantized tensors, as in the file',
      yTitle: 'SNR, dB',
      fill: 0.8,
      formatValue: formatDecibels,
      ...(onSelect && { onSelect: (place) => onSelect(names[place]!) }),
      namedPlaces: true,
    },
    host,
  );
  const draw = () => {
    const at = selected === undefined ? -1 : names.indexOf(selected);
    chart.setBars({ start: 0, width: 1, names, groups, ...(at >= 0 && { selected: at }) });
  };
  return {
    element: chart.element,
    setRuns: (runs) => {
      const bySnr = runs.map(({ tensors }) => snrByName(tensors));
      names = [...new Set(bySnr.flatMap((snr) => [...snr.keys()]))];
      groups = runs.map(({ name }, k) => ({
        name,
        values: names.map((tensor) => bySnr[k]!.get(tensor) ?? Number.NaN),
      }));
      draw();
    },
    select: (tensor) => {
      selected = tensor;
      draw();
    },
    dispose: () => chart.dispose(),
  };
}

function snrByName(tensors: readonly TensorResult[]): ReadonlyMap<string, number> {
  return new Map(tensors.filter((t) => t.action === 'quantized').map((t) => [t.name, t.snrDb]));
}
