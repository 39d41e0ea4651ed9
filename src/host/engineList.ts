import * as vscode from 'vscode';
import { ENGINE_IDS, type EngineStatus } from '../protocol/engine';
import { arrayAt, booleanAt, objectAt, oneOfAt, stringAt } from '../protocol/validate';
import { runCommandLine } from './commandLine';
import { findJobNode } from './jobNode';
import { readSettings } from './settings';
import { requireTrust } from './trust';

/** The engines as the command line sees them from the Node.js that will run the jobs. */
export class EngineList implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private current: readonly EngineStatus[] | undefined;
  private looking: Promise<void> | undefined;

  /** @param script absolute path of `dist/cli.js` */
  constructor(private readonly script: string) {}

  /** Best first; `undefined` before the first look. */
  get engines(): readonly EngineStatus[] | undefined {
    return this.current;
  }

  /** Looks again. Calls that come while it looks share the one look. */
  async refresh(): Promise<void> {
    requireTrust();
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    await this.looking;
  }

  /** Looks, unless that was done already. */
  async ensure(): Promise<void> {
    if (!this.current) await this.refresh();
  }

  /**
   * Finds or fetches libtensorflow and makes the engine usable.
   * @throws UserError as the command line reports it; `signal.reason` where it was aborted
   */
  async installTensorflow(signal: AbortSignal, onProgress: (line: string) => void): Promise<void> {
    requireTrust();
    const node = await this.node();
    try {
      await runCommandLine(node, this.script, ['engines', 'install', 'tensorflow'], { signal, onProgress });
    } finally {
      await this.refresh();
    }
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async look(): Promise<void> {
    const document = await runCommandLine(await this.node(), this.script, ['engines']);
    this.current = arrayAt(document, 'engines').map((engine, i) => engineStatusAt(engine, `engines[${i}]`));
    this.changed.fire();
  }

  private async node() {
    return findJobNode(readSettings().nodePath);
  }
}

function engineStatusAt(value: unknown, path: string): EngineStatus {
  const engine = objectAt(value, path);
  return {
    id: oneOfAt(engine['id'], `${path}.id`, ENGINE_IDS),
    usable: booleanAt(engine['usable'], `${path}.usable`),
    reason: stringAt(engine['reason'], `${path}.reason`),
    device: stringAt(engine['device'], `${path}.device`),
    version: stringAt(engine['version'], `${path}.version`),
  };
}
