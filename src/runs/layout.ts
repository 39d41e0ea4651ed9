import path from 'node:path';

/** Where the runs of a workspace lie. */
export function runsFolder(workspace: string): string {
  return path.join(path.resolve(workspace), '.weightroom', 'runs');
}

/** Where a training keeps what it needs to go on, in the folder of its outputs. */
export const CHECKPOINT = 'checkpoint.safetensors';

/** Files of one run. Only the worker writes `journal`, `environment` and `worker`. */
export function runFiles(folder: string) {
  const file = (name: string): string => path.join(folder, name);
  return {
    /** What was asked, and of which files. Written once. */
    spec: file('spec.json'),
    /** Where and with what it was executed. */
    environment: file('environment.json'),
    /** The events, one a line. */
    journal: file('events.jsonl'),
    /** What the worker wrote to its standard output and error. */
    log: file('log.txt'),
    /** Which process was started to execute the run, or why none could be. */
    launch: file('launch.json'),
    /** Which process took the run; its modification time is the heartbeat. */
    worker: file('worker.json'),
    /** Somebody wants the run to stop. */
    cancel: file('cancel.json'),
    /** Some kilobytes that the worker gives back when the disk is full, to write its last line. */
    reserve: file('.reserve'),
    /** Files that the job makes. */
    outputs: file('outputs'),
  };
}
