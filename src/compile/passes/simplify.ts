import type { Program } from '../program/program';
import { activationGradient } from './activationGradient';
import { averageGradient } from './averageGradient';
import { batchNormalization } from './batchNormalization';
import { batchNormalizationGradient } from './batchNormalizationGradient';
import { biasAddition, biasGradient } from './bias';
import { productOfOne } from './matrixProduct';
import { idleCast, reshapeOfReshape, timesOne } from './nothingToDo';
import { rectifiedPoolingGradient } from './rectifiedPoolingGradient';
import { reluGradient } from './reluGradient';
import { Rewriter, type Rule } from './rewriter';

/** In the order in which they are tried; the first that recognizes an operation replaces it. */
const RULES: readonly Rule[] = [
  idleCast,
  reshapeOfReshape,
  timesOne,
  rectifiedPoolingGradient,
  reluGradient,
  biasAddition,
  biasGradient,
  productOfOne,
  batchNormalization,
  batchNormalizationGradient,
  activationGradient,
  averageGradient,
];

/**
 * Writes a program with the ops that TensorFlow computes and fuses best. tfjs-node's ops are those of a
 * library for every backend: a rectifier's gradient is seven of them, a matrix product is one of a batch.
 */
export function simplify(program: Program): Program {
  return new Rewriter(program).apply(RULES);
}
