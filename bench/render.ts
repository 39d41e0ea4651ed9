import type { BenchRow, Measured } from './bench';

/** A row for people: what was measured, ours with its spread, limit and target, then each peer. */
export function renderRow(row: BenchRow): string {
  const { what, unit, ours, peers, limit, target, note } = row;
  const goals = [
    ...(limit === undefined ? [] : [`limit ${figure(limit)}`]),
    ...(target === undefined ? [] : [`target ${figure(target)}`]),
  ];
  const lines = [
    what,
    `  ours  ${spread(ours)} ${unit}${goals.length > 0 ? `   (${goals.join(', ')})` : ''}`,
    ...Object.entries(peers).map(([name, peer]) => `        ${spread(peer)} ${unit}   ${name}`),
    ...(note === undefined ? [] : [`        ${note}`]),
  ];
  return lines.join('\n');
}

function spread({ median, min, max }: Measured): string {
  return min === max ? figure(median) : `${figure(median)} [${figure(min)} – ${figure(max)}]`;
}

function figure(value: number): string {
  return value === 0 ? '0' : value.toPrecision(value >= 1000 ? 4 : 3);
}
