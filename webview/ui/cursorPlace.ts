import type { CursorMove } from './chartFrame';

/** A page is this part of all places. */
const PAGES = 8;

/** Where a move takes the cursor among the places 0 to `last`; without a cursor it comes in from an end. */
export function cursorPlace(to: CursorMove, at: number | undefined, last: number): number {
  const page = Math.max(1, Math.round(last / PAGES));
  const targets: Record<CursorMove, number> = {
    first: 0,
    last,
    previous: (at ?? last + 1) - 1,
    next: (at ?? -1) + 1,
    'page back': (at ?? last) - page,
    'page forward': (at ?? 0) + page,
  };
  return Math.min(last, Math.max(0, targets[to]));
}
