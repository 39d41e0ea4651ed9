import { tasks, type Tasks } from './tasks';

/** Runs heavy loops, on as many threads as it has. */
export interface KernelPool {
  readonly threads: number;
  /**
   * Runs one task and resolves with what it gives. Typed arrays are copied when a thread takes the task;
   * until the promise settles they must stay as they are. Tasks start in the order of their calls; how many
   * wait costs no memory of their own. What a task throws, this throws, a `UserError` as such.
   */
  run<Name extends keyof Tasks>(
    name: Name,
    ...input: Parameters<Tasks[Name]>
  ): Promise<Awaited<ReturnType<Tasks[Name]>>>;
  /** Ends the threads at once; what they had not finished is rejected. */
  dispose(): Promise<void>;
}

/** A pool without threads: tasks run where they are asked for. */
export const inlinePool: KernelPool = {
  threads: 1,
  async run(name, ...input) {
    return (await (tasks[name] as (...args: unknown[]) => unknown)(...input)) as never;
  },
  dispose: () => Promise.resolve(),
};
