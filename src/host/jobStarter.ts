import { inputFile, type JobSpec } from '../protocol/jobSpec';
import { createRun } from '../runs/create';
import { launchRun } from '../runs/launch';
import { findJobNode } from './jobNode';
import type { RunRoots } from './runRoots';
import type { RunStore } from './runStore';
import { readSettings } from './settings';
import { requireTrust } from './trust';

/** Turns a spec into a run: a folder, and a detached process that executes it. */
export class JobStarter {
  /** @param worker absolute path of `dist/worker.js` */
  constructor(
    private readonly worker: string,
    private readonly roots: RunRoots,
    private readonly store: RunStore,
  ) {}

  /**
   * Starts a job and returns its run's folder.
   * @throws UserError where the spec is wrong, the workspace untrusted, or nothing can be started or written
   */
  async start(spec: JobSpec): Promise<string> {
    requireTrust();
    const node = await findJobNode(readSettings().nodePath);
    const root = this.roots.forFile(inputFile(spec));
    const folder = await createRun(root, spec);
    try {
      await launchRun(folder, { node, worker: this.worker });
    } finally {
      // A run that could not be started has a folder too, which says why.
      this.store.adopt(folder, spec);
    }
    return folder;
  }
}
