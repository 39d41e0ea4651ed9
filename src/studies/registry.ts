import { STUDIES, type StudyId } from '../protocol/study';
import { gapToShannon } from './codes/gapToShannon';
import { bitsVsQuality } from './kashin/bitsVsQuality';
import { convergence } from './kashin/convergence';
import { rateDistortion } from './kashin/rateDistortion';
import { transforms } from './kashin/transforms';
import { covariance } from './naggs/covariance';
import { quadraticRace } from './naggs/quadraticRace';
import { quadraticSweep } from './naggs/quadraticSweep';
import { stability } from './naggs/stability';
import { mnistLogistic } from './optimizers/mnistLogistic';
import { resnet20, transformer } from './optimizers/networks';
import { globalError } from './splitting/globalError';
import { kaczmarzLimit } from './splitting/kaczmarzLimit';
import { leastSquares } from './splitting/leastSquares';
import { softmax } from './splitting/softmax';
import { stepRobustness } from './splitting/stepRobustness';
import type { Study } from './study';

const BY_ID: Readonly<Record<StudyId, Study>> = {
  'kashin/convergence': convergence,
  'kashin/transforms': transforms,
  'kashin/rate-distortion': rateDistortion,
  'kashin/bits-vs-quality': bitsVsQuality,
  'codes/gap-to-shannon': gapToShannon,
  'nag-gs/quadratic-sweep': quadraticSweep,
  'nag-gs/quadratic-race': quadraticRace,
  'nag-gs/stability': stability,
  'nag-gs/covariance': covariance,
  'nag-gs/mnist-logistic': mnistLogistic,
  'nag-gs/resnet20': resnet20,
  'nag-gs/transformer': transformer,
  'splitting/least-squares': leastSquares,
  'splitting/kaczmarz-limit': kaczmarzLimit,
  'splitting/softmax': softmax,
  'splitting/step-robustness': stepRobustness,
  'splitting/global-error': globalError,
};

export function findStudy(id: StudyId): Study {
  return BY_ID[id];
}

/** All studies, in the order in which they are listed. */
export function allStudies(): readonly Study[] {
  return STUDIES.map(findStudy);
}
