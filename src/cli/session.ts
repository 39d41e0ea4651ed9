import path from 'node:path';
import type { EngineId } from '../protocol/engine';
import { findRun } from '../runs/list';
import { findWorkspace } from '../runs/workspace';
import type { RunSummary } from '../protocol/run';
import { Interruption } from './interruption';
import { toJson } from './json';
import { Progress } from './progress';
import { styleOf, type Style } from './style';

/** Flags of every command. */
export interface GlobalOptions {
  readonly json?: true;
  readonly quiet?: true;
  readonly workspace?: string;
  readonly engine?: EngineId;
  readonly device?: 'cpu';
  readonly seed?: number;
  readonly threads?: number;
}

/** One call of the command line: its global flags, and where its output goes. */
export class Session {
  readonly interruption = new Interruption();
  readonly progress: Progress;
  exitCode = 0;
  private output = '';

  constructor(readonly options: GlobalOptions) {
    this.progress = new Progress(process.stderr, options.quiet === true);
  }

  /** Where runs live: the folder that was named, else the nearest with a `.weightroom`, else this one. */
  get workspace(): string {
    const { workspace } = this.options;
    return workspace === undefined ? findWorkspace(process.cwd()) : path.resolve(workspace);
  }

  /** The run that a person means: its name, a unique part of it, or its folder. */
  findRun(text: string): Promise<RunSummary> {
    return findRun(this.workspace, text);
  }

  /** Sets what the command prints: `document` for programs, or a text for people. */
  answer(document: unknown, forPeople: (style: Style) => string): void {
    this.output = this.options.json ? toJson(document) : forPeople(styleOf(process.stdout));
  }

  /** Prints the answer, once, at the end. */
  async print(): Promise<void> {
    this.progress.clear();
    if (this.output !== '') await writeAll(process.stdout, `${this.output}\n`);
  }
}

export type Action = (session: Session) => Promise<void>;

/**
 * Carries out what a command does, with the session of this call. The first Ctrl-C ends it at once,
 * unless the command `stopsItself`: then it cleans up first, and obeys the second one too.
 */
export type Run = (action: Action, options?: { readonly stopsItself: boolean }) => Promise<void>;

/** Writes and waits until the text has left this process. */
export function writeAll(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
