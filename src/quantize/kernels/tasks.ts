import { encodeChunk, searchChunk } from '../dependent/chunkTasks';

/** The heavy loops of all methods, by name. Each takes and gives plain data, so that a thread can run it. */
export const tasks = {
  'dependent.search': searchChunk,
  'dependent.encode': encodeChunk,
};

export type Tasks = typeof tasks;
