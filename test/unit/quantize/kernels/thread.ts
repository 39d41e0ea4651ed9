/** Thread of the pool's tests. */
import { threadId } from 'node:worker_threads';
import { UserError } from '../../../../src/protocol/userError';
import { serveTasks } from '../../../../src/quantize/kernels/serveTasks';

const sleep = (milliseconds: number) =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

serveTasks({
  add: (a: Float32Array, b: { readonly values: Float32Array }) => ({
    sum: a.map((value, i) => value + b.values[i]!),
    bytes: [a.buffer.byteLength, b.values.buffer.byteLength],
  }),
  /** A view of a larger buffer, as a kernel's memory is. */
  view: () => new Float32Array(1000).fill(7).subarray(10, 12),
  thread: async (milliseconds: number) => {
    sleep(milliseconds);
    return Promise.resolve(threadId);
  },
  refuse: (name: string) => {
    throw new UserError('refused', `${name} is refused.`, 'Choose another.');
  },
  fault: () => {
    throw new TypeError('a fault');
  },
  die: () => process.exit(3),
});
