/** Longest name that a row of the table shows on one line, in characters. */
const LINE = 48;

/**
 * A tensor's name in one line, or, where it is long, in two: its end, as much of it as makes whole parts,
 * and above it where that lies. What is left out is the start, where the names of a model are all alike.
 */
export function nameLines(name: string): readonly [name: string] | readonly [place: string, end: string] {
  if (name.length <= LINE) return [name];
  const separator = /[/.]/g;
  separator.lastIndex = name.length - LINE;
  const found = separator.exec(name);
  const cut = found && found.index < name.length - 1 ? found.index + 1 : name.length - LINE;
  const place = name.slice(0, cut);
  return [place.length <= LINE ? place : `…${place.slice(1 - LINE)}`, name.slice(cut)];
}
