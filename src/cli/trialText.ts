import type { Settings, TrialResult } from '../protocol/sweep';
import { formatNumber } from './units';

/** `optimizer.learningRate 0.01, seed 2: testAccuracy 0.981, testLoss 0.06`. */
export function trialText({ parameters, seed, state, final, error }: TrialResult): string {
  const figures = Object.entries(final).map(([name, value]) => `${name} ${formatNumber(value)}`);
  const outcome = state === 'done' ? figures.join(', ') : `${state}. ${error ?? ''}`.trim();
  return `${settingsText(parameters)}${seed === undefined ? '' : `, seed ${seed}`}: ${outcome}`;
}

function settingsText(parameters: Settings): string {
  return Object.entries(parameters)
    .map(([path, value]) => `${path} ${typeof value === 'number' ? formatNumber(value) : String(value)}`)
    .join(', ');
}
