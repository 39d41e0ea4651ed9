import type { DataSet } from './dataSet';
import { loadIdxImages, type SplitSizes } from './idxImages';
import { publishedFolder, type PublishedData } from './sharedFolder';

export interface FashionMnistOptions extends SplitSizes {
  /** Folder with the four idx files, from the experiment's own folder; `fashion-mnist` in WEIGHTROOM_DATA where absent. */
  readonly folder?: string;
}

export interface FashionMnistSource extends FashionMnistOptions {
  readonly source: 'fashionMnist';
}

const FASHION: PublishedData = {
  name: 'Fashion-MNIST',
  folder: 'fashion-mnist',
  missing: 'fashion-mnist-not-found',
  remedy:
    'Put train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte ' +
    '(or their .gz) of zalandoresearch/fashion-mnist into a folder and name it: fashionMnist({ folder }).',
};

/** Pictures of clothes: 28 × 28 × 1 pixels from 0 to 1, ten classes (Xiao, Rasul and Vollgraf). */
export function fashionMnist(options: FashionMnistOptions = {}): FashionMnistSource {
  return { source: 'fashionMnist', ...options };
}

/** @throws UserError `fashion-mnist-not-found`, or `idx-damaged` */
export async function loadFashionMnist(
  options: FashionMnistOptions,
  experimentFolder: string,
): Promise<DataSet> {
  return loadIdxImages(await publishedFolder(options.folder, experimentFolder, FASHION), FASHION, options);
}
