import { ENGINE_IDS, ENGINE_NAMES, type EngineStatus } from '../../src/protocol/engine';
import type { Choice } from '../ui/controls';

/** The best engine, and each by name; those that cannot be used are seen and not chosen. */
export function engineChoices(engines: readonly EngineStatus[]): readonly Choice[] {
  const choices = ENGINE_IDS.map((id): Choice => {
    const status = engines.find((engine) => engine.id === id);
    const disabled = status?.usable === false;
    const name = ENGINE_NAMES[id];
    return { value: id, label: disabled ? `${name} (cannot be used)` : name, disabled };
  });
  return [{ value: 'best', label: 'Best that can be used' }, ...choices];
}

/** What a choice computes on, or why it cannot. */
export function engineHint(id: string, engines: readonly EngineStatus[]): string {
  if (engines.length === 0) return '';
  const chosen = engines.find((engine) => (id === 'best' ? engine.usable : engine.id === id));
  if (!chosen) return 'No engine can be used here: the Engines view says why.';
  if (!chosen.usable) return chosen.reason;
  const what = [ENGINE_NAMES[chosen.id], chosen.version].filter((part) => part !== '').join(' ');
  return chosen.device === '' ? `${what}.` : `${what} on ${chosen.device}.`;
}
