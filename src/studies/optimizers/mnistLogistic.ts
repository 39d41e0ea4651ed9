import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { RunEventBody } from '../../protocol/events';
import { compared } from '../rows';
import { withScratchFolder } from '../scratchFolder';
import { stage } from '../stage';
import type { Study, StudyContext, StudyPart } from '../study';
import { raceParts } from './race';
import { trainOnce } from './trainOnce';

const EXPERIMENT = 'mnist-logistic.ts';
/** Relative to a published error of 10,000 test images: two standard deviations of its sampling are 7 %. */
const TOLERANCE = 0.07;

const ALPHA = 0.5;
/** The heavy ball that NAG-GS with α = 0.5 and μ = γ = 1 is: β = 1 / (1 + α)², η = α² / (1 + α)². */
const EQUIVALENT = { momentum: 4 / 9, learningRate: 1 / 9 };

interface Published {
  readonly what: string;
  readonly error: number;
  readonly settings: Readonly<Record<string, string | number>>;
}

/** Final test errors in the saved output of the authors' notebook: batch 128, ten epochs, one rate for both. */
const PUBLISHED: readonly Published[] = [
  {
    what: 'NAG-GS, α 0.5',
    error: 1 - 0.9176,
    settings: { 'optimizer.name': 'nag-gs', 'optimizer.alpha': ALPHA },
  },
  {
    what: 'momentum 0.9, η 0.5',
    error: 1 - 0.8867,
    settings: { 'optimizer.name': 'momentum', 'optimizer.learningRate': 0.5, 'optimizer.momentum': 0.9 },
  },
];

/**
 * The published comparison gives both optimizers a "learning rate" of 0.5, which are effective steps of 0.2 and of
 * 5. So beside it stand the heavy ball that NAG-GS is, and a race in which all are tuned alike.
 */
export const mnistLogistic: Study = {
  id: 'nag-gs/mnist-logistic',
  title:
    'Logistic regression on MNIST: the published comparison, the heavy ball that NAG-GS is, and a fair race',
  parts: (quick) => {
    const size = quick ? { 'data.trainSize': 6000, epochs: 1 } : {};
    const race = {
      what: 'logistic regression',
      experiment: EXPERIMENT,
      overrides: { ...size, 'schedule.decay': 'cosine' },
      seeds: quick ? 1 : 3,
    };
    return [...(quick ? [] : PUBLISHED.map(publishedPart)), identityPart(size), ...raceParts(race)];
  },
};

function publishedPart({ what, error, settings }: Published): StudyPart {
  return part(what, async function* (folder, context) {
    const trial = { experiment: EXPERIMENT, overrides: settings, seed: context.seed };
    const final = yield* trainOnce(trial, folder, context);
    const row = compared({
      what: `${what}: test error after ten epochs`,
      published: error,
      ours: 1 - (final?.['testAccuracy'] ?? 0),
      unit: 'share',
      tolerance: TOLERANCE,
      note: 'published: the saved output of the authors’ notebook, one seed',
    });
    yield { type: 'figure', row };
  });
}

function identityPart(size: Readonly<Record<string, number>>): StudyPart {
  return part('the same heavy ball', async function* (folder, context) {
    const ball = {
      'optimizer.name': 'momentum',
      'optimizer.learningRate': EQUIVALENT.learningRate,
      'optimizer.momentum': EQUIVALENT.momentum,
    };
    const trial = (settings: Readonly<Record<string, string | number>>) => ({
      experiment: EXPERIMENT,
      overrides: { ...size, ...settings },
      seed: context.seed,
    });
    const [first, second] = [path.join(folder, 'nag-gs'), path.join(folder, 'momentum')];
    await Promise.all([mkdir(first), mkdir(second)]);
    const nagGs = yield* stage(trainOnce(trial(PUBLISHED[0]!.settings), first, context), 0, 0.5);
    const momentum = yield* stage(trainOnce(trial(ball), second, context), 0.5, 1);
    const difference = Math.abs((nagGs?.['testLoss'] ?? NaN) - (momentum?.['testLoss'] ?? NaN));
    const row = {
      what: 'NAG-GS, α 0.5, and momentum 4/9, η 1/9: difference of the test losses',
      ours: difference / (momentum?.['testLoss'] ?? NaN),
      unit: 'of the loss',
      note: 'the same iterates but for rounding',
    };
    yield { type: 'figure', row };
  });
}

function part(
  what: string,
  run: (folder: string, context: StudyContext) => AsyncGenerator<RunEventBody>,
): StudyPart {
  return {
    what,
    run: (context) => withScratchFolder(context.outputs, (folder) => run(folder, context)),
  };
}
