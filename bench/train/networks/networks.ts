import { cnn } from './cnn';
import { cnnBatchnorm } from './cnnBatchnorm';
import { mlp, mlpMomentum, mlpNagGs, mlpNagGsUpdated } from './mlp';
import type { Network } from './network';
import { gru, lstm } from './recurrent';
import { resnet20 } from './resnet20';
import { transformer } from './transformer';

/** By the names under which contestants are asked for them. */
export const NETWORKS = {
  mlp,
  mlpMomentum,
  mlpNagGs,
  mlpNagGsUpdated,
  cnn,
  cnnBatchnorm,
  resnet20,
  transformer,
  lstm,
  gru,
} as const satisfies Record<string, Network>;

export type NetworkName = keyof typeof NETWORKS;
