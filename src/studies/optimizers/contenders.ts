import type { TrainSpec } from '../../protocol/jobSpec';

type Overrides = TrainSpec['overrides'];

/** An optimizer in a race, and the values of its step that are tried. */
export interface Contender {
  readonly name: string;
  /** What its step is called: `η`. */
  readonly symbol: string;
  readonly grid: readonly number[];
  settings(step: number): Overrides;
}

/** Effective steps η / (1 − β) that momentum and NAG-GS are tried with alike. */
const EFFECTIVE_STEPS = [0.03, 0.1, 0.3, 0.9];
const MOMENTUM = 0.9;
const WEIGHT_DECAY = 1e-4;

/**
 * Momentum with weight decay, AdamW, and NAG-GS with μ = γ = 1: each over four steps that are a factor of three
 * apart. The first and the last have the same effective steps, because what NAG-GS calls α is no learning rate.
 */
export const CONTENDERS: readonly Contender[] = [
  {
    name: 'momentum',
    symbol: 'η',
    grid: EFFECTIVE_STEPS.map((step) => step * (1 - MOMENTUM)),
    settings: (learningRate) => ({
      'optimizer.name': 'momentum',
      'optimizer.learningRate': learningRate,
      'optimizer.momentum': MOMENTUM,
      'optimizer.weightDecay': WEIGHT_DECAY,
    }),
  },
  {
    name: 'AdamW',
    symbol: 'η',
    grid: [3e-4, 1e-3, 3e-3, 1e-2],
    settings: (learningRate) => ({ 'optimizer.name': 'adamw', 'optimizer.learningRate': learningRate }),
  },
  {
    name: 'NAG-GS',
    symbol: 'α',
    // The effective step of μ = γ = 1 is α / (2 + α).
    grid: EFFECTIVE_STEPS.map((step) => (2 * step) / (1 - step)),
    settings: (alpha) => ({
      'optimizer.name': 'nag-gs',
      'optimizer.alpha': alpha,
      'optimizer.mu': 1,
      'optimizer.gamma': 1,
      'optimizer.weightDecay': WEIGHT_DECAY,
    }),
  },
];
