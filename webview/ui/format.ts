/** Numbers as people read them. English notation, the minus sign U+2212, units after a space. */

/**
 * A measured value with `digits` significant digits: plain from 0.001 to 99999, else with a power of ten
 * (`1.234e−5`). Whole numbers below a million stay whole, their thousands grouped.
 */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return formatCount(value);
  if (size >= 1e-3 && size < 1e5) return minus(value.toPrecision(digits));
  return minus(value.toExponential(digits - 1).replace('e+', 'e'));
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count with its thousands grouped: `60,000`. */
export function formatCount(value: number): string {
  return minus(WHOLE.format(value));
}

/** A number with so many digits after the point, its thousands grouped: `1,876.50`. */
export function formatFixed(value: number, digits: number): string {
  const range = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return minus(value.toLocaleString('en-US', range));
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes in decimal units, three significant digits: `28.4 MB` is 28.4 · 10⁶ bytes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit === 0 ? String(value) : value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
  return `${text} ${BYTE_UNITS[unit]!}`;
}

/** Seconds as `0.42 s`, `12.3 s`, `2 min 05 s`, `1 h 03 min`, `2 d 04 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/** Seconds as the label of an axis: `40 s`, `1:30`, `1:02:00`. */
export function formatClock(seconds: number): string {
  if (Math.abs(seconds) < 60) return `${minus(String(Number(seconds.toPrecision(3))))} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** A ratio of powers in decibels, one decimal; an exact copy is ∞. */
export function formatDecibels(value: number): string {
  return Number.isFinite(value) ? `${minus(value.toFixed(1))} dB` : `${formatNumber(value)} dB`;
}

/** A fraction as whole percent, never 100 % before it is. */
export function formatPercent(fraction: number): string {
  return `${fraction >= 1 ? 100 : Math.min(99, Math.floor(fraction * 100))} %`;
}

/** `512 × 2048`; a scalar is `1`. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? '1' : shape.map(String).join(' × ');
}

/**
 * `trainLoss` as `train loss`: a metric's name for sentences and legends. What stands before a colon, the
 * name of a run, stays as it is.
 */
export function metricLabel(name: string): string {
  const metric = name.lastIndexOf(':') + 1;
  return (
    name.slice(0, metric) +
    name
      .slice(metric)
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .replace(/[_-]+/g, ' ')
      .toLowerCase()
  );
}

/** A metric's name as a title: `Train loss`. */
export function metricTitle(name: string): string {
  const label = metricLabel(name);
  return label.charAt(0).toUpperCase() + label.slice(1);
}

function minus(text: string): string {
  return text.replaceAll('-', '−');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** The label of a tick: four significant digits, without the zeros that end it. */
export function formatTick(value: number): string {
  return formatNumber(Number(value.toPrecision(4)))
    .replace(/(\.\d*?)0+(?=e|$)/, '$1')
    .replace(/\.(?=e|$)/, '');
}
