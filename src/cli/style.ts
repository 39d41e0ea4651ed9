import type { RunState } from '../protocol/run';

/** Colours of a terminal; each returns its text unchanged where there are none. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  state(state: RunState): string;
}

const RESET = '\u001b[0m';
const STATE_COLOURS: Readonly<Record<RunState, number>> = {
  queued: 36,
  running: 34,
  done: 32,
  failed: 31,
  cancelled: 33,
  lost: 35,
};

/** Colours only on a terminal, and never where `NO_COLOR` is set (no-color.org). */
export function styleOf(stream: { readonly isTTY?: boolean }): Style {
  const coloured = stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
  const paint = (code: number, text: string): string => (coloured ? `\u001b[${code}m${text}${RESET}` : text);
  return {
    bold: (text) => paint(1, text),
    dim: (text) => paint(2, text),
    state: (state) => paint(STATE_COLOURS[state], state),
  };
}
