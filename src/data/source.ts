import { loadArrays, type ArraysSource } from './arrays';
import type { DataSet } from './dataSet';
import { loadEmails, type EmailsSource } from './emails';
import { loadMnist, type MnistSource } from './mnist';
import { loadText, type TextSource } from './text';

/** Where examples come from, as an experiment says it. A function is called when the run starts. */
export type DataSource =
  MnistSource | TextSource | EmailsSource | ArraysSource | (() => ArraysSource | Promise<ArraysSource>);

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
    case 'text':
      return loadText(source, experimentFolder);
    case 'emails':
      return loadEmails(source, experimentFolder);
    case 'arrays':
      return loadArrays(source);
  }
}
