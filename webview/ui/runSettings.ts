import type { JobSpec } from '../../src/protocol/jobSpec';
import type { SettingValue } from '../../src/protocol/sweep';

/** Fields of a spec that say where a run belongs or writes, not how it was done. */
const NOT_SETTINGS: ReadonlySet<string> = new Set(['sweep', 'output', 'force', 'overrides']);

/**
 * What a run was asked for, by the names that `--set` has for it: `epochs`, `optimizer.learningRate`. What its
 * experiment sets by itself is not among it.
 */
export function settingsOf(spec: JobSpec): ReadonlyMap<string, SettingValue> {
  const settings = new Map<string, SettingValue>();
  for (const [name, value] of Object.entries(spec)) if (!NOT_SETTINGS.has(name)) add(settings, name, value);
  if (spec.job === 'train')
    for (const [name, value] of Object.entries(spec.overrides)) settings.set(name, value);
  return settings;
}

/** Names of the settings that are not the same in all runs, in the order of their first appearance. */
export function differingSettings(specs: readonly JobSpec[]): readonly string[] {
  const all = specs.map(settingsOf);
  const names = new Set(all.flatMap((settings) => [...settings.keys()]));
  return [...names].filter((name) => new Set(all.map((settings) => settings.get(name))).size > 1);
}

function add(settings: Map<string, SettingValue>, name: string, value: unknown): void {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    settings.set(name, value);
  } else if (Array.isArray(value)) {
    settings.set(name, JSON.stringify(value));
  } else if (typeof value === 'object' && value !== null) {
    for (const [field, inner] of Object.entries(value)) add(settings, `${name}.${field}`, inner);
  }
}
