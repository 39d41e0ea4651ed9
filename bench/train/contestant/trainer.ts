import type { SignatureInfo } from '../../../src/compile/compile';

/** Something that trains. */
export interface Trainer {
  /** Takes one step, or the least number that it can, and returns the loss before the last. */
  first(): Promise<number>;
  /** Takes at least so many steps. Returns how many. */
  train(steps: number): Promise<number>;
  /** What became of its compiled steps; empty where it trains eagerly. */
  info(): readonly SignatureInfo[];
}
