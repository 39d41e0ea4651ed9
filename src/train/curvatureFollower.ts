import type { MessageEvent } from '../protocol/events';
import { flatten, unflatten } from './instruments/flatVector';
import { withLossCurvature, type MeasuredLoss } from './instruments/lossCurvature';
import { isBoundedByMu, leastCurvature, reckonedCurvature } from './optimizers/nagGsCurvature';
import type { FollowedCurvature, NamedVariable, Optimizer } from './optimizers/optimizer';
import type { NagGsSettings } from './optimizers/settings';
import { createSlot, type Slot } from './optimizers/slot';
import { streamSeed } from './randomness';

/** Steps from one measurement to the next, where nobody says otherwise. */
const MEASURE_EVERY = 100;
/** Products with the Hessian of the first measurement, and of one that starts where the last ended. */
const COLD_PRODUCTS = 10;
const WARM_PRODUCTS = 4;

/** A curvature counts as this part of an earlier one at least: a step too long does more harm than a short one. */
const LEAST_SHARE = 0.5;

/**
 * Measures the largest curvature λmax of the loss while a model is trained, and tells it an optimizer that takes
 * its step from it. Every measurement starts in the direction in which the last ended, which is a part of the
 * state of the training.
 */
export class CurvatureFollower {
  /** The largest λmax that was measured, which a checkpoint must hold too; `undefined` before the first. */
  steepest: number | undefined;
  private readonly directions: Slot;

  constructor(
    private readonly subject: MeasuredLoss,
    private readonly dynamics: Optimizer['dynamics'],
    private readonly curvature: FollowedCurvature,
    private readonly settings: NagGsSettings,
  ) {
    this.directions = createSlot(subject.tf, 'curvature', subject.model.trainable);
  }

  /** What a checkpoint must hold of it, beside the curvature that the optimizer knows. */
  get state(): readonly NamedVariable[] {
    return this.directions.state;
  }

  /**
   * Measures where that is due, and lets the optimizer follow: at once where the curvature is larger than before.
   * Where it is less, down to half of the last if a given μ bounds the step. With μ = λmax / κ nothing else
   * does, and steps would grow without end on a loss that goes flat, as the cross entropy of classes that are told
   * apart does; so they follow down to half of the largest so far. A curvature that is no positive number changes
   * nothing.
   * @param step steps done
   * @returns what was found and what became of it, for the journal
   */
  follow(step: number): MessageEvent | undefined {
    const { measureEvery = MEASURE_EVERY } = this.settings;
    const isDue = step % measureEvery === 0 || (step < measureEvery && Number.isInteger(Math.log2(step)));
    if (!isDue) return undefined;
    const measured = this.measure(step);
    const { largest: before } = this.curvature;
    if (!(Number.isFinite(measured) && measured > 0)) {
      const alpha = figure(this.dynamics().nagGs!.alpha);
      const text = `step ${step}: λmax is ${figure(measured)}, from which no step follows: α stays ${alpha}`;
      return { type: 'message', level: 'warning', text };
    }
    this.steepest = Math.max(measured, this.steepest ?? 0);
    const earlier = isBoundedByMu(this.settings) ? (before ?? 0) : this.steepest;
    const followed = Math.max(measured, LEAST_SHARE * earlier);
    this.curvature.follow(followed);
    return this.describe(step, measured, followed);
  }

  dispose(): void {
    this.directions.dispose();
  }

  private measure(step: number): number {
    const { tf, experiment, model } = this.subject;
    const held = this.directions.state.map(({ variable }) => variable);
    const seed = streamSeed(experiment.seed, 'curvature', step);
    return withLossCurvature(this.subject, (curvature) => {
      const isWarm = this.curvature.largest !== undefined;
      const start = isWarm ? tf.tidy(() => flatten(tf, held)) : undefined;
      const { largest, direction } = curvature.dominant(isWarm ? WARM_PRODUCTS : COLD_PRODUCTS, seed, start);
      if (direction !== undefined) {
        const shapes = model.trainable.map(({ variable }) => variable.shape);
        tf.tidy(() => unflatten(tf, direction, shapes).forEach((part, i) => held[i]!.assign(part)));
        direction.dispose();
      }
      start?.dispose();
      return largest;
    });
  }

  private describe(step: number, measured: number, followed: number): MessageEvent {
    const { settings } = this;
    const { learningRate, momentum, nagGs } = this.dynamics();
    const { alpha, mu } = nagGs!;
    const least = leastCurvature(settings, followed);
    const isFlat = reckonedCurvature(settings, followed) > followed;
    const whose = isBoundedByMu(settings) ? 'last' : 'largest so far';
    const taken =
      followed > measured * (1 + 1e-6) ? `, taken as ${figure(followed)}, half of the ${whose}` : '';
    const what = isFlat
      ? `λmax ${figure(measured)} is below 2μ = ${figure(2 * least)}`
      : `λmax ${figure(measured)}${taken}`;
    const text =
      `step ${step}: ${what}: α ${figure(alpha)}, γ = μ = ${figure(mu)}, a heavy ball with ` +
      `η ${figure(learningRate)} and momentum ${figure(momentum)}`;
    return {
      type: 'message',
      level: 'info',
      text: isFlat ? `${text}; a smaller optimizer.mu would suit the loss` : text,
    };
  }
}

function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}
