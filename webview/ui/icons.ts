/** Line drawings on a grid of 16, in the colour of the text around them. */
const PATHS = {
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9',
  chart: 'M2.5 2.5v11h11M4.5 10.5l3-3.5 2.5 2 3.5-5',
  image: 'M2.5 3.5h11v9h-11zM2.5 11l3.5-3.5 2.5 2.5 2-2 3 3M10.5 6h.01',
  // A curve with its two handles: what is saved can be drawn at any size.
  vector: 'M2.5 12.5C3 6 6 3.5 8 3.5S13 6 13.5 12.5M3 3.5h10M2 2.5h2v2H2zM12 2.5h2v2h-2z',
  csv: 'M8 2.5v7.5M5 7.5l3 3 3-3M2.5 11v2.5h11V11',
  reset: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  error: 'M8 2.5a5.5 5.5 0 1 0 .01 0M8 5v3.5M8 10.8v.2',
  warning: 'M8 2.5l6 10.5H2zM8 6.5v3M8 11.3v.2',
  info: 'M8 2.5a5.5 5.5 0 1 0 .01 0M8 7.2V11M8 5v.2',
  check: 'M3 8.5l3.2 3L13 4.5',
  stop: 'M4.5 4.5h7v7h-7z',
  wait: 'M8 2.5a5.5 5.5 0 1 0 .01 0M8 5v3.2l2.2 1.4',
  run: 'M5 3.5v9l7-4.5z',
  'chevron-right': 'M6 3.5l4.5 4.5L6 12.5',
  lost: 'M8 2.5a5.5 5.5 0 1 0 .01 0M6.4 6.4a1.7 1.7 0 1 1 2.3 1.6q-.7.3-.7 1.1M8 11v.2',
} as const;

export type IconName = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
