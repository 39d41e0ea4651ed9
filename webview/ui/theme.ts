/**
 * The editor's theme as a chart needs it: colours as texts. VS Code gives its theme as `--vscode-*`
 * variables on the root element; the exported report brings its own (standalone.css).
 */
import { Chart } from 'chart.js';
import { color as parseColor } from 'chart.js/helpers';

export interface Theme {
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly grid: string;
  readonly border: string;
  readonly focus: string;
  readonly error: string;
  readonly good: string;
  /** Colours of series, in order of use. */
  readonly series: readonly string[];
  readonly highContrast: boolean;
  readonly fontFamily: string;
  /** Pixels. */
  readonly fontSize: number;
}

/** VS Code has six colours of charts and their foreground; the terminal's cyan is told from all of them. */
const SERIES = [
  'charts-blue',
  'charts-orange',
  'charts-green',
  'charts-purple',
  'charts-red',
  'charts-yellow',
  'terminal-ansiCyan',
  'charts-foreground',
] as const;

let current: Theme | undefined;
const listeners = new Set<() => void>();

/** The theme that is shown now. */
export function theme(): Theme {
  current ??= readTheme();
  return current;
}

/**
 * Calls `listener` after each change of the theme, with Chart.js's defaults set anew. A chart draws itself
 * within the call: a printer waits for nothing. Returns the undo.
 */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The same colour, let through by `alpha`. */
export function withAlpha(color: string, alpha: number): string {
  const parsed = parseColor(color);
  return parsed.valid ? parsed.alpha(alpha).rgbString() : color;
}

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const read = (...names: readonly string[]) => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return value;
    }
    return '#808080';
  };
  const highContrast = document.body.className.includes('high-contrast');
  const foreground = read('charts-foreground', 'foreground');
  return {
    foreground,
    muted: highContrast ? foreground : read('descriptionForeground', 'foreground'),
    background: read('editor-background'),
    grid: withAlpha(foreground, highContrast ? 0.35 : 0.1),
    border: highContrast ? read('contrastBorder', 'foreground') : withAlpha(foreground, 0.25),
    focus: read('focusBorder'),
    error: read('errorForeground', 'charts-red'),
    good: read('charts-green', 'foreground'),
    // Some themes make `charts.orange` half transparent, which is too faint for a line.
    series: SERIES.map((name) => withAlpha(read(name, 'foreground'), 1)),
    highContrast,
    fontFamily: read('font-family'),
    fontSize: Math.max(10, (Number.parseFloat(read('font-size')) || 13) - 2),
  };
}

function apply(): void {
  current = readTheme();
  Chart.defaults.color = current.muted;
  Chart.defaults.borderColor = current.grid;
  Chart.defaults.font.family = current.fontFamily;
  Chart.defaults.font.size = current.fontSize;
  for (const listener of listeners) listener();
}

// VS Code rewrites the root's style and the body's class; both come within one task, so they are one change.
const observer = new MutationObserver(apply);
observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply);
// Paper is white: before a page is printed its charts are drawn anew, within this event.
matchMedia('print').addEventListener('change', apply);
Chart.defaults.animation = false;
apply();
