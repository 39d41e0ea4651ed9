import { NOTHING_READ, type ReadingsPosition } from './instrumentReadings';

/** Up to where somebody has seen a run: how many points, tensors, measurements, figures, trials and messages. */
export interface ViewPosition {
  /** By the name of the series. */
  readonly points: ReadonlyMap<string, number>;
  readonly tensors: number;
  readonly rateDistortions: number;
  readonly quality: number;
  readonly figures: number;
  readonly trials: number;
  readonly messages: number;
  readonly instruments: ReadingsPosition;
  /** Whether its end was seen. */
  readonly finished: boolean;
}

/** Of a run that nobody has seen yet. */
export const START: ViewPosition = {
  points: new Map(),
  tensors: 0,
  rateDistortions: 0,
  quality: 0,
  figures: 0,
  trials: 0,
  messages: 0,
  instruments: NOTHING_READ,
  finished: false,
};

/**
 * The position on the way from `seen` to `end` that is at most `most` points further, or one a series where
 * there are more series. Every series that has more goes on by an equal share; the run is finished only where
 * no point is left. Where all of it fits, this is `end` itself.
 */
export function within(most: number, seen: ViewPosition, end: ViewPosition): ViewPosition {
  const columns = [
    ...ahead(seen.points, end.points),
    ...ahead(seen.instruments.points, end.instruments.points),
  ];
  if (columns.reduce((sum, points) => sum + points, 0) <= most) return end;
  const share = Math.max(1, Math.floor(most / columns.length));
  return {
    ...end,
    points: advanced(seen.points, end.points, share),
    instruments: {
      ...end.instruments,
      points: advanced(seen.instruments.points, end.instruments.points, share),
    },
    finished: seen.finished,
  };
}

type Points = ViewPosition['points'];

/** By how many points each column is ahead that is. */
function ahead(seen: Points, end: Points): readonly number[] {
  return Array.from(end, ([key, length]) => length - (seen.get(key) ?? 0)).filter((points) => points > 0);
}

function advanced(seen: Points, end: Points, share: number): Points {
  return new Map(Array.from(end, ([key, length]) => [key, Math.min(length, (seen.get(key) ?? 0) + share)]));
}
