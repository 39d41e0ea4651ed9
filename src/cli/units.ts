/** Quantities as people read them. */

/** `6.94 MB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB'], ' ');
}

/** `7.02 M`. */
export function formatCount(count: number): string {
  return scaled(count, ['', 'k', 'M', 'G', 'T'], ' ').trimEnd();
}

/** `0.42 s`, `1 min 12 s`, `3 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Four significant digits, without trailing zeros: `0.9812`, `1.25e-7`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return String(Number(value.toPrecision(4)));
}

/** `21.05 dB`; an exact copy has no error to speak of. */
export function formatDecibels(value: number): string {
  return value === Infinity ? 'exact' : `${value.toFixed(2)} dB`;
}

export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join(' × ');
}

/** A tensor's name with its middle left out where it is long: both ends tell tensors apart. */
export function shortName(name: string): string {
  return name.length <= 64 ? name : `${name.slice(0, 20)}…${name.slice(-43)}`;
}

function scaled(value: number, units: readonly string[], gap: string): string {
  let power = 0;
  while (Math.abs(value) >= 999.5 && power < units.length - 1) {
    value /= 1000;
    power++;
  }
  const digits = power === 0 ? String(value) : value.toPrecision(3);
  return `${digits}${gap}${units[power]!}`;
}
