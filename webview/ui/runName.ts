import type { RunView } from '../../src/protocol/messages';
import type { SettingValue } from '../../src/protocol/sweep';
import { differingSettings, settingsOf } from './runSettings';

type Named = Pick<RunView, 'summary' | 'spec'>;

/** What is longer than these would make a table of a name: so many settings, and so many letters of a value. */
const MOST_SETTINGS = 2;
const LONGEST_VALUE = 20;

/**
 * Runs are told apart by name; where several have the same, by what was set differently, `MNIST · learningRate
 * 0.01`; and where that is the same too, or too much, by number.
 */
export function runName<Run extends Named>(run: Run, runs: readonly Run[]): string {
  const { name } = run.summary;
  const namesakes = runs.filter((other) => other.summary.name === name);
  if (namesakes.length === 1) return name;
  const paths = tellingSettings(namesakes);
  const full = (other: Run): string => [name, settingWords(other, paths)].filter(Boolean).join(' · ');
  const own = full(run);
  const same = namesakes.filter((other) => full(other) === own);
  return same.length > 1 ? `${own} (${same.indexOf(run) + 1})` : own;
}

/** Settings that differ, where they are few and short. */
function tellingSettings(runs: readonly Named[]): readonly string[] {
  const paths = differingSettings(runs.map(({ spec }) => spec));
  const values = runs.flatMap(({ spec }) => paths.map((path) => settingText(settingsOf(spec).get(path))));
  const isShort = paths.length <= MOST_SETTINGS && values.every(({ length }) => length <= LONGEST_VALUE);
  return isShort ? paths : [];
}

function settingWords({ spec }: Named, paths: readonly string[]): string {
  const settings = settingsOf(spec);
  return paths.map((path) => `${settingName(path)} ${settingText(settings.get(path))}`).join(', ');
}

/** The last part of a path: `learningRate`, and of what is called a name what it names: `optimizer`. */
function settingName(path: string): string {
  const [last, before] = path.split('.').reverse();
  return last === 'name' && before !== undefined ? before : last!;
}

function settingText(value: SettingValue | undefined): string {
  return value === undefined ? 'as written' : String(value);
}
