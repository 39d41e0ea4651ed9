import { encodeChunk, searchChunk } from '../dependent/chunkTasks';
import { codeChunk } from '../kashin/codeChunk';
import { codeLayer, layerCurvature } from '../feedback/layerTasks';
import { outputError } from '../feedback/outputError';

/** The heavy loops of all methods, by name. Each takes and gives plain data, so that a thread can run it. */
export const tasks = {
  'dependent.search': searchChunk,
  'dependent.encode': encodeChunk,
  'kashin.chunk': codeChunk,
  'feedback.curvature': layerCurvature,
  'feedback.code': codeLayer,
  'feedback.outputError': outputError,
};

export type Tasks = typeof tasks;
