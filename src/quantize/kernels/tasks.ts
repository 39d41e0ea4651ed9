import { encodeChunk, searchStream } from '../dependent/chunkTasks';
import { codeLayer, layerCurvature } from '../feedback/layerTasks';
import { outputError } from '../feedback/outputError';
import { codeChunk } from '../kashin/codeChunk';
import { encodeFrameChunk } from '../kashin/search/chunkTask';
import { encodeTrellisChunk } from '../trellis/chunkTask';

/** The heavy loops of all methods, by name. Each takes and gives plain data, so that a thread can run it. */
export const tasks = {
  'dependent.search': searchStream,
  'dependent.encode': encodeChunk,
  'kashin.chunk': codeChunk,
  'feedback.curvature': layerCurvature,
  'feedback.code': codeLayer,
  'feedback.outputError': outputError,
  'kashin.search': encodeFrameChunk,
  'trellis.encode': encodeTrellisChunk,
};

export type Tasks = typeof tasks;
