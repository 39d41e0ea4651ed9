import type { Ready } from './contestant/protocol';
import type { Verdict } from './segments/segment';

/** `0.62 of PyTorch’s time; 0.65 is to be reached`; a busy machine disturbs some more than others. */
export function ratioNote(ours: Verdict, theirs: Verdict, whose: string, target: number): string {
  if (!ours.isClean || !theirs.isClean) return 'no ratio: measure again on a quiet machine';
  const ratio = ours.pace.median / theirs.pace.median;
  return `${ratio.toFixed(2)} of ${whose} time; ${target.toFixed(2)} is to be reached`;
}

/** What ours is to reach: this part of the others' time, where that is known. */
export function targetOf(theirs: Verdict, part: number): { readonly target?: number } {
  return theirs.isClean ? { target: part * theirs.pace.median } : {};
}

/** What one has to know of figures that something else disturbed; `undefined` where nothing did. */
export function disturbanceNote(verdicts: ReadonlyMap<string, Verdict>): string | undefined {
  const disturbed = [...verdicts].filter(([, { isClean }]) => !isClean);
  if (disturbed.length === 0) return undefined;
  const names = disturbed.map(([name, { kept, rejected }]) => `${name} (${kept} of ${kept + rejected})`);
  return `the machine was busy: of ${names.join(', ')} only the segments that were disturbed least`;
}

/**
 * The last loss of each contestant's first steps, which shows that they compute the same.
 * @param unit what one of these steps is
 * @param differs why the losses are not equal
 */
export function lossNote(ready: ReadonlyMap<string, Ready>, unit: string, differs?: string): string {
  const losses = [...ready].map(([name, { losses }]) => `${name} ${losses.at(-1)!.toPrecision(6)}`);
  const steps = Math.max(...[...ready.values()].map(({ losses }) => losses.length));
  const why = differs === undefined ? '' : ` (${differs})`;
  return `loss in ${unit} ${steps}: ${losses.join(', ')}${why}`;
}

/** Why a contestant that was to run compiled did not. */
export function refusalNote(ready: ReadonlyMap<string, Ready>): string | undefined {
  const refused = [...ready].flatMap(([name, { refusal }]) =>
    refusal === undefined ? [] : [`${name} ran eagerly: ${refusal}`],
  );
  return refused.length === 0 ? undefined : refused.join('; ');
}

/** Notes as the lines under a row. */
export function joinNotes(...notes: readonly (string | undefined)[]): string {
  return notes.filter((note) => note !== undefined).join('\n        ');
}
