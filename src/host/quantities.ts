/** Numbers as people read them. `locale` is a BCP 47 tag, as in `vscode.env.language`. */

/** A duration in whole units: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/**
 * Seconds until a job ends, if it goes on as it went; `undefined` while too little is done to tell.
 * @param fraction what is done, 0 to 1
 * @param seconds what it took
 */
export function secondsLeft(fraction: number, seconds: number): number | undefined {
  if (fraction < 0.01 || fraction >= 1 || seconds < 1) return undefined;
  return (seconds * (1 - fraction)) / fraction;
}

/** `42 %`; rounded down, so that only what is done says 100. */
export function percent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)} %`;
}

/** Bytes in decimal units, three significant digits: `12.3 MB`. */
export function byteCount(bytes: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const exponent = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const scaled = bytes / 1000 ** exponent;
  return `${scaled.toLocaleString(locale, { maximumSignificantDigits: exponent === 0 ? 4 : 3 })} ${units[exponent]!}`;
}

/** A measured value, four significant digits: `0.9731`, `1.204e-7`, `NaN`. */
export function measured(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6)
    ? value.toExponential(3)
    : String(Number(value.toPrecision(4)));
}
