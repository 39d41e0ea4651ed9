/** What the optimizers may be told in an experiment, see `docs/optimizers.md`. */

/** Decoupled weight decay (Loshchilov and Hutter, 2019): w ← w − η·λ·w before each step, apart from the gradient. */
export interface DecaySettings {
  /** λ, 0 where absent. */
  readonly weightDecay?: number;
  /**
   * Texts: a variable whose name contains one of them does not decay. Where absent, variables of fewer than
   * two axes do not: biases, and what normalizations scale and shift by. With `[]` all decay.
   */
  readonly noDecay?: readonly string[];
}

/** Stochastic gradient descent: w ← w − η·g. */
export interface SgdSettings extends DecaySettings {
  readonly name: 'sgd';
  /** η, the step along the gradient. */
  readonly learningRate: number;
}

/** Heavy ball: a ← μ·a + g, w ← w − η·a; with `nesterov`, w ← w − η·(g + μ·a). */
export interface MomentumSettings extends DecaySettings {
  readonly name: 'momentum';
  /** η; along a steady slope steps grow to η / (1 − μ). */
  readonly learningRate: number;
  /** μ, 0.9 where absent. */
  readonly momentum?: number;
  /** Look ahead along the momentum; false where absent. */
  readonly nesterov?: boolean;
}

interface Moments {
  /** η, about the most that a weight moves in a step. */
  readonly learningRate: number;
  /** Decay of the mean of gradients, 0.9 where absent. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, 0.999 where absent. */
  readonly beta2?: number;
  /** Added to the root of the second moment, 1e-7 where absent, as in TensorFlow.js. */
  readonly epsilon?: number;
}

/** Adam (Kingma and Ba, 2015), with bias correction. */
export interface AdamSettings extends Moments {
  readonly name: 'adam';
}

/** Adam with decoupled weight decay; λ is 0.01 where absent. */
export interface AdamWSettings extends Moments, DecaySettings {
  readonly name: 'adamw';
}

/** Lion (Chen et al., 2023): w ← w − η·sign(β₁m + (1 − β₁)g), m ← β₂m + (1 − β₂)g. */
export interface LionSettings extends DecaySettings {
  readonly name: 'lion';
  /** η, what every weight moves in a step. */
  readonly learningRate: number;
  /** Share of the mean in the direction, 0.9 where absent. */
  readonly beta1?: number;
  /** Decay of the mean of gradients, 0.99 where absent. */
  readonly beta2?: number;
}

/** Where NAG-GS has its numbers from. */
export const CURVATURES = ['given', 'auto'] as const;

/** NAG-GS: Nesterov's accelerated flow by a semi-implicit Gauss–Seidel step. */
export interface NagGsSettings extends DecaySettings {
  readonly name: 'nag-gs';
  /** α, the step in the flow's time; not a learning rate. 0.1 where absent. */
  readonly alpha?: number;
  /** μ, the strong convexity that is assumed, at least 0; 1 where absent. */
  readonly mu?: number;
  /** γ, or where it starts; 1 where absent. */
  readonly gamma?: number;
  /** γ ← (γ + α·μ) / (1 + α) before each step; it stays as it is where absent. */
  readonly updateGamma?: boolean;
  /**
   * `auto`: the largest curvature λmax of the loss is measured now and again, and α = 0.9·α_c and γ = μ follow
   * from it; α, μ and γ are what the run begins with. `given` where absent.
   */
  readonly curvature?: (typeof CURVATURES)[number];
  /** `auto`: κ, and μ is λmax / κ. Where absent, μ stays as it is given; where that is absent too, κ is 1000. */
  readonly conditionNumber?: number;
  /** `auto`: λmax is measured every so many steps, and after 0, 1, 2, 4, 8 … before; 100 where absent. */
  readonly measureEvery?: number;
}

/** Schedule-Free AdamW (Defazio et al., 2024): an average of all steps in the place of a falling learning rate. */
export interface ScheduleFreeSettings extends Moments, DecaySettings {
  readonly name: 'schedule-free-adamw';
  /** How near to the average gradients are taken, above 0; 0.9 where absent. */
  readonly beta1?: number;
}

/** Muon (Jordan et al., 2024): matrices move by their momentum made orthogonal, the rest by AdamW. */
export interface MuonSettings extends DecaySettings {
  readonly name: 'muon';
  /** η of matrices; the published value is 0.02. */
  readonly learningRate: number;
  /** 0.95 where absent. */
  readonly momentum?: number;
  /** η of what AdamW moves, with β 0.9 and 0.95; 0.0003 where absent. */
  readonly adamLearningRate?: number;
  /** Texts: a matrix whose name contains one of them is left to AdamW; `['embedding']` where absent. */
  readonly adamFor?: readonly string[];
}

export type OptimizerSettings =
  | SgdSettings
  | MomentumSettings
  | AdamSettings
  | AdamWSettings
  | LionSettings
  | NagGsSettings
  | ScheduleFreeSettings
  | MuonSettings;
export type OptimizerName = OptimizerSettings['name'];
