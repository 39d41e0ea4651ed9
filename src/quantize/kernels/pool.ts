import { tasks, type Tasks } from './tasks';

/** Runs heavy loops, on as many threads as it has. */
export interface KernelPool {
  readonly threads: number;
  /** Runs one task and resolves with what it gives. Inputs are copied to the thread, not shared. */
  run<Name extends keyof Tasks>(
    name: Name,
    ...input: Parameters<Tasks[Name]>
  ): Promise<Awaited<ReturnType<Tasks[Name]>>>;
  dispose(): Promise<void>;
}

/** A pool without threads: tasks run where they are asked for. */
export const inlinePool: KernelPool = {
  threads: 1,
  run: (name, ...input) => Promise.resolve((tasks[name] as (...args: unknown[]) => never)(...input)),
  dispose: () => Promise.resolve(),
};
