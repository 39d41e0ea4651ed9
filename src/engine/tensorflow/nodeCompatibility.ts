/**
 * Node 23 removed `util.isNullOrUndefined` and `util.isArray`, which tfjs-node 4.22 calls in every
 * operation. They are put back in the process that loads the engine, before it is loaded.
 */
import util from 'node:util';

interface RemovedFromNode {
  isNullOrUndefined?: (value: unknown) => boolean;
  isArray?: (value: unknown) => boolean;
}

const shimmed = util as RemovedFromNode;
shimmed.isNullOrUndefined ??= (value) => value === null || value === undefined;
shimmed.isArray ??= Array.isArray;
