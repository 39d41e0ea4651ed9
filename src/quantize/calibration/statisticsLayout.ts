/** Version of the layout that docs/calibration.md describes. */
export const VERSION = '1';

/** Keys of the metadata of a file of statistics. */
export const KEYS = {
  format: 'weightroom.format',
  version: 'weightroom.version',
  source: 'weightroom.source',
  layers: 'weightroom.layers',
} as const;
