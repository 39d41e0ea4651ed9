import { existsSync } from 'node:fs';
import path from 'node:path';
import { fashionMnist } from '../../data/fashionMnist';
import type { NetworkSpec } from '../quality/network';

/** Images that a network is trained on, and the example that does so. */
export interface Images extends Pick<NetworkSpec, 'experiment' | 'data'> {
  /** For people. */
  readonly name: string;
}

/**
 * The images on which ResNet-20 is compared: CIFAR-10, else Fashion-MNIST, where the folder that the environment
 * variable WEIGHTROOM_DATA names has them; else MNIST, which comes with Weightroom.
 */
export function imagesHere(): Images {
  const shared = process.env['WEIGHTROOM_DATA'];
  const has = (folder: string): boolean => shared !== undefined && existsSync(path.join(shared, folder));
  if (has('cifar-10')) return { name: 'CIFAR-10', experiment: 'cifar-resnet20.ts' };
  const onGrey = { experiment: 'mnist-resnet20.ts' };
  return has('fashion-mnist')
    ? { ...onGrey, name: 'Fashion-MNIST', data: fashionMnist() }
    : { ...onGrey, name: 'MNIST' };
}
