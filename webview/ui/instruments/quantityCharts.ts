import { QUANTITIES, type InstrumentTab } from '../../../src/protocol/instruments';
import type { StackedChart } from '../chartStack';
import type { Guide } from '../guides';
import type { SeriesColumns } from '../seriesColumns';
import { GROUP_CAPTIONS } from './groupCaptions';
import type { InstrumentsModel } from './instrumentsModel';
import { costRemark, quantityHover, quantityOf } from './quantityWords';

/** Quantities that limit the others of their chart: what lies above them is shaded. */
const LIMITS: readonly string[] = ['curvatureLimit'];

/**
 * The charts of a tab: quantities of a group share one, in the order of `QUANTITIES`; a group without readings
 * has none. What a hover says of costs is as new as `model`.
 */
export function quantityCharts(tab: InstrumentTab, model: InstrumentsModel): readonly StackedChart[] {
  const groups = new Map<string, SeriesColumns[]>();
  for (const id of ordered([...model.readings.keys()])) {
    const { tab: home, group } = quantityOf(id);
    const series = model.readings.get(id);
    if (home !== tab || !series) continue;
    groups.set(group, [...(groups.get(group) ?? []), series]);
  }
  return [...groups].map(([title, series]) => {
    const read = () => ordered([...model.readings.keys()].filter((id) => quantityOf(id).group === title));
    const caption = GROUP_CAPTIONS[title];
    const limit = LIMITS.find((id) => quantityOf(id).group === title);
    return {
      title,
      ...(caption !== undefined && { caption }),
      series,
      scale: scaleOf(read()),
      guides: guidesOf(Object.keys(QUANTITIES).filter((id) => quantityOf(id).group === title)),
      label: (id: string) => quantityOf(id).title,
      hover: () => quantityHover(read(), model.costs),
      note: () => costRemark(read(), model.costs),
      ...(limit !== undefined && { limit }),
    };
  });
}

/** Identifiers in the order of `QUANTITIES`, those of a later version at the end. */
export function ordered(ids: readonly string[]): readonly string[] {
  const known = Object.keys(QUANTITIES).filter((id) => ids.includes(id));
  return [...known, ...ids.filter((id) => !known.includes(id))];
}

export function scaleOf(ids: readonly string[]): 'linear' | 'logarithmic' {
  return ids.every((id) => quantityOf(id).scale === 'log') ? 'logarithmic' : 'linear';
}

export function guidesOf(ids: readonly string[]): readonly Guide[] {
  const guides = ids.flatMap((id) => quantityOf(id).guide ?? []);
  return guides.map(({ value, label }) => ({ from: value, label, kind: 'plain' }));
}
