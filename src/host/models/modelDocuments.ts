import path from 'node:path';
import * as vscode from 'vscode';
import { openModel } from '../../modelfile/open';
import { errorReport } from '../../protocol/userError';
import { arrayAt, numberAt, objectAt, stringAt } from '../../protocol/validate';
import { runCommandLine } from '../commandLine';
import { findJobNode } from '../jobNode';
import { readSettings } from '../settings';
import { requireTrust } from '../trust';
import { comparisonText, modelText, type Comparison, type TensorDifference } from './modelText';

/** Scheme of the read-only documents that describe one model, or compare two. */
const SCHEME = 'weightroom-model';

/** Shows models as read-only text documents: native, searchable, and read by screen readers. */
export class ModelDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration: vscode.Disposable;
  /** Texts that wait to be fetched, by address. */
  private readonly made = new Map<string, string>();

  /** @param script absolute path of `dist/cli.js` */
  constructor(private readonly script: string) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Shows what the header of a model says. Nothing but the header is read. */
  async inspect(file: string): Promise<void> {
    await this.show(`${path.basename(file)} (tensors)`, [file]);
  }

  /** Shows how the tensors of two models differ. */
  async compare(a: string, b: string): Promise<void> {
    // Without the last word `model.json` would be taken for JSON, and marked as wrong.
    await this.show(`${path.basename(a)} ↔ ${path.basename(b)} (comparison)`, [a, b]);
  }

  /** Called by VS Code for a document just made, and again for one that it had let go of. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const made = this.made.get(uri.toString());
    if (made !== undefined) {
      this.made.delete(uri.toString());
      return made;
    }
    try {
      return await this.make(arrayAt(JSON.parse(uri.query), 'query').map((file) => stringAt(file, 'query')));
    } catch (error) {
      const { message, remedy } = errorReport(error);
      return `${message}\n${remedy}\n`;
    }
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  /** Makes the text first, so that what is wrong with a file is reported and no empty document opens. */
  private async show(title: string, files: readonly string[]): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title}`, query: JSON.stringify(files) });
    this.made.set(uri.toString(), await this.make(files));
    const isOpen = vscode.workspace.textDocuments.some(
      (document) => document.uri.toString() === uri.toString(),
    );
    if (isOpen) this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  private async make([a, b]: readonly string[]): Promise<string> {
    if (a === undefined) return '';
    return b === undefined ? inspection(a) : this.comparison(a, b);
  }

  private async comparison(a: string, b: string): Promise<string> {
    requireTrust();
    const node = await findJobNode(readSettings().nodePath);
    const options = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Comparing models') };
    const document = await vscode.window.withProgress(options, () =>
      runCommandLine(node, this.script, ['compare', a, b, '--quiet']),
    );
    return comparisonText(a, b, comparisonAt(document));
  }
}

async function inspection(file: string): Promise<string> {
  const model = await openModel(file);
  try {
    return modelText(model, vscode.env.language);
  } finally {
    await model.close();
  }
}

function comparisonAt(value: unknown): Comparison {
  const comparison = objectAt(value, 'comparison');
  const names = (key: string): string[] =>
    arrayAt(comparison[key], key).map((name, i) => stringAt(name, `${key}[${i}]`));
  return {
    added: names('added'),
    removed: names('removed'),
    changed: arrayAt(comparison['changed'], 'changed').map((one, i) => differenceAt(one, `changed[${i}]`)),
    identical: numberAt(comparison['identical'], 'identical'),
  };
}

function differenceAt(value: unknown, at: string): TensorDifference {
  const difference = objectAt(value, at);
  /** JSON has no infinities and no NaN: the command line writes them as texts. */
  const number = (key: string): number => {
    const found = difference[key];
    return typeof found === 'string' ? Number(found) : numberAt(found, `${at}.${key}`);
  };
  return {
    name: stringAt(difference['name'], `${at}.name`),
    shape: arrayAt(difference['shape'], `${at}.shape`).map((size, i) => numberAt(size, `${at}.shape[${i}]`)),
    mse: number('mse'),
    distortion: number('distortion'),
    snrDb: number('snrDb'),
    maxAbs: number('maxAbs'),
  };
}
