import type { ChartOptions } from 'chart.js';
import { theme, withAlpha } from './theme';

type ZoomOptions = NonNullable<NonNullable<ChartOptions<'line'>['plugins']>['zoom']>;

/** The gestures of a chart: what they do to its axes is told when they are done. */
export interface ZoomGestures {
  /** What `chartjs-plugin-zoom` is told. */
  readonly options: ZoomOptions;
  /** Takes over the colours of the theme. */
  paint(): void;
}

/**
 * Drag zooms into a rectangle; Shift-drag moves, Ctrl- or ⌘-wheel and pinch zoom along the horizontal axis alone.
 * @param onChange the axes show another part; `vertical` where the vertical one does, too
 */
export function zoomGestures(onChange: (vertical: boolean) => void): ZoomGestures {
  let gesture: 'wheel' | 'drag' = 'drag';
  const drag = { enabled: true, threshold: 6, borderWidth: 1, backgroundColor: '', borderColor: '' };
  const paint = () => {
    drag.backgroundColor = withAlpha(theme().focus, 0.2);
    drag.borderColor = theme().focus;
  };
  paint();
  return {
    options: {
      zoom: {
        mode: () => (gesture === 'wheel' ? 'x' : 'xy'),
        wheel: { enabled: true, speed: 0.15 },
        pinch: { enabled: true },
        drag,
        onZoomStart: ({ event }) => {
          gesture = event instanceof WheelEvent ? 'wheel' : 'drag';
          // A bare wheel scrolls the page; a pinch arrives as a wheel with Ctrl.
          return !(event instanceof WheelEvent) || event.ctrlKey || event.metaKey;
        },
        onZoom: () => onChange(gesture === 'drag'),
      },
      pan: { enabled: true, mode: 'x', modifierKey: 'shift', onPan: () => onChange(false) },
    },
    paint,
  };
}
