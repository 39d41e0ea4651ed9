import { loadArrays, type ArraysSource } from './arrays';
import { loadCifar10, loadCifar100, type Cifar100Source, type Cifar10Source } from './cifar';
import { loadCsv, type CsvSource } from './csv';
import type { DataSet } from './dataSet';
import { loadEmails, type EmailsSource } from './emails';
import { loadFashionMnist, type FashionMnistSource } from './fashionMnist';
import { loadMnist, type MnistSource } from './mnist';
import { loadMultiMnist, type MultiMnistSource } from './multiMnist';
import { loadNpz, type NpzSource } from './npz';
import { loadText, type TextSource } from './text';

/** Where examples come from, as an experiment says it. A function is called when the run starts. */
export type DataSource =
  | MnistSource
  | FashionMnistSource
  | MultiMnistSource
  | Cifar10Source
  | Cifar100Source
  | TextSource
  | EmailsSource
  | CsvSource
  | NpzSource
  | ArraysSource
  | (() => ArraysSource | Promise<ArraysSource>);

/**
 * Loads the examples.
 * @param experimentFolder absolute; relative paths of a source count from it
 * @throws UserError where the data are not found, damaged or do not fit together
 */
export async function loadDataSet(source: DataSource, experimentFolder: string): Promise<DataSet> {
  if (typeof source === 'function') return loadArrays(await source());
  switch (source.source) {
    case 'mnist':
      return loadMnist(source, experimentFolder);
    case 'fashionMnist':
      return loadFashionMnist(source, experimentFolder);
    case 'multiMnist':
      return loadMultiMnist(source, experimentFolder);
    case 'cifar10':
      return loadCifar10(source, experimentFolder);
    case 'cifar100':
      return loadCifar100(source, experimentFolder);
    case 'csv':
      return loadCsv(source, experimentFolder);
    case 'npz':
      return loadNpz(source, experimentFolder);
    case 'text':
      return loadText(source, experimentFolder);
    case 'emails':
      return loadEmails(source, experimentFolder);
    case 'arrays':
      return loadArrays(source);
  }
}
