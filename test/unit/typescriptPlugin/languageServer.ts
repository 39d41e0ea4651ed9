import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import path from 'node:path';
import { onTestFinished } from 'vitest';

interface Message {
  readonly type: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

const root = path.resolve(import.meta.dirname, '../../..');

/** TypeScript's server as VS Code starts it: with the plugins of extensions. */
export class LanguageServer {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private sequence = 0;

  /** @param plugin whether the extension is there */
  constructor(plugin: boolean) {
    const program = createRequire(import.meta.url).resolve('typescript/lib/tsserver.js');
    const plugins = ['--globalPlugins', 'weightroom-typescript-plugin', '--pluginProbeLocations', root];
    this.child = spawn(process.execPath, [
      program,
      '--disableAutomaticTypingAcquisition',
      ...(plugin ? plugins : []),
    ]);
    onTestFinished(() => void this.child.kill());
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const message = JSON.parse(line) as Message;
      if (message.type === 'response') this.waiting.get(message.request_seq!)?.(message);
    });
  }

  /** Opens a file of a project. */
  open(file: string): void {
    this.send('open', { file });
  }

  /** Everything that the editor underlines in a file. */
  async errors(file: string): Promise<readonly string[]> {
    const found = (await this.ask('semanticDiagnosticsSync', { file })) as readonly {
      readonly text: string;
    }[];
    return found.map(({ text }) => text);
  }

  /** Names that the editor offers behind a place of the text. */
  async completions(file: string, text: string, place: string): Promise<readonly string[]> {
    const before = text.slice(0, text.indexOf(place) + place.length).split('\n');
    const position = { line: before.length, offset: before.at(-1)!.length + 1 };
    const { entries } = (await this.ask('completionInfo', { file, ...position })) as {
      readonly entries: readonly { readonly name: string }[];
    };
    return entries.map(({ name }) => name);
  }

  private ask(command: string, args: unknown): Promise<unknown> {
    const sequence = this.send(command, args);
    return new Promise((resolve, reject) => {
      this.waiting.set(sequence, ({ success, message, body }) => {
        if (success === true) resolve(body);
        else reject(new Error(message));
      });
    });
  }

  private send(command: string, args: unknown): number {
    const sequence = ++this.sequence;
    this.child.stdin!.write(
      `${JSON.stringify({ seq: sequence, type: 'request', command, arguments: args })}\n`,
    );
    return sequence;
  }
}
