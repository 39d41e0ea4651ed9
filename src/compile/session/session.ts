import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Graph } from '../graph/graph';
import type { Handle, NodeBinding } from '../node/backend';

/**
 * A graph in a TensorFlow session of tfjs-node's binding, which can load nothing but a SavedModel from a
 * folder: it is written for that and removed. A session keeps its variables until it is disposed; no other
 * session and no eager op sees them.
 */
export class Session {
  private readonly id: number;

  /** @throws Error where TensorFlow refuses the graph, or the temporary folder cannot be written */
  constructor(
    private readonly binding: NodeBinding,
    graph: Graph,
  ) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'weightroom-step-'));
    try {
      writeFileSync(path.join(folder, 'saved_model.pb'), graph.toSavedModel());
      this.id = binding.loadSavedModel(folder, 'serve');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /**
   * Runs the graph as far as `fetches` need it. Names are those of nodes.
   * @param feeds handles by name; they stay the caller's
   * @returns handles of the fetched tensors, which the caller deletes
   */
  run(feeds: ReadonlyMap<string, number>, fetches: readonly string[]): Handle[] {
    const names = [...feeds.keys()].map(output);
    return this.binding.runSavedModel(
      this.id,
      [...feeds.values()],
      names.join(','),
      fetches.map(output).join(','),
    );
  }

  dispose(): void {
    this.binding.deleteSavedModel(this.id);
  }
}

/** `node:0` for a node's name; a name with an output stays. */
function output(name: string): string {
  return name.includes(':') ? name : `${name}:0`;
}
