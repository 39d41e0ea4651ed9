import type { Marker, SeriesStyle } from '../seriesStyle';
import { theme } from '../theme';

interface Look {
  /** Place in the theme's colours: one a family of methods. */
  readonly color: number;
  readonly marker: Marker;
  readonly dash: readonly number[];
  readonly hollow?: boolean;
}

const BLUE = 0;
const ORANGE = 1;
const GREEN = 2;
const PURPLE = 3;

/** The families: codes near the limit in blue and green, Kashin's in purple, scalar quantizers in orange. */
const LOOKS: Readonly<Record<string, Look>> = {
  dependent: { color: BLUE, marker: 'circle', dash: [] },
  trellis: { color: GREEN, marker: 'diamond', dash: [] },
  'kashin-search': { color: PURPLE, marker: 'square', dash: [] },
  'kashin-greedy': { color: PURPLE, marker: 'triangle', dash: [7, 3] },
  'kashin-alternating': { color: PURPLE, marker: 'diamond', dash: [2, 2], hollow: true },
  'kashin-truncation': { color: PURPLE, marker: 'circle', dash: [9, 3, 2, 3], hollow: true },
  'rotated-lloyd-max': { color: ORANGE, marker: 'square', dash: [] },
  'lloyd-max': { color: ORANGE, marker: 'square', dash: [7, 3], hollow: true },
  kmeans: { color: ORANGE, marker: 'diamond', dash: [4, 4] },
  nf4: { color: ORANGE, marker: 'triangle', dash: [2, 2] },
  rtn: { color: ORANGE, marker: 'circle', dash: [2, 3], hollow: true },
};

const OTHER: Look = { color: ORANGE, marker: 'pentagon', dash: [], hollow: true };

/** How a method is drawn: the same in every picture, whatever stands beside it. */
export function methodStyle(method: string): SeriesStyle {
  const { color, ...look } = LOOKS[method] ?? OTHER;
  const colors = theme().series;
  return { ...look, color: colors[color % colors.length]! };
}
