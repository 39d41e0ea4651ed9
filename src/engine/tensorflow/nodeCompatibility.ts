/**
 * tfjs-node 4.22 calls `util.isNullOrUndefined` and `util.isArray` in every operation. Node 23 removed
 * them, and Node 22 prints a warning about the latter into the log; so both are set, always, in the
 * process that loads the engine, before it is loaded.
 */
import util from 'node:util';

const called = util as {
  isNullOrUndefined?: (value: unknown) => boolean;
  isArray?: (value: unknown) => boolean;
};
called.isNullOrUndefined = (value) => value === null || value === undefined;
called.isArray = Array.isArray;
