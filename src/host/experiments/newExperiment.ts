import path from 'node:path';
import * as vscode from 'vscode';

interface Template {
  readonly file: string;
  readonly label: string;
  readonly detail: string;
}

/**
 * Makes a new experiment from one of the examples, asks where to save it, and opens it.
 * @param templates the folder with the examples, `dist/templates`
 */
export async function newExperiment(templates: vscode.Uri): Promise<void> {
  const title = vscode.l10n.t('New Experiment');
  const placeHolder = vscode.l10n.t('What to start from');
  const template = await vscode.window.showQuickPick(templateList(), { title, placeHolder });
  if (!template) return;
  const home = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title,
    filters: { TypeScript: ['ts'] },
    ...(home && { defaultUri: await freeFile(home, template.file) }),
  });
  if (!target) return;
  const content = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(templates, template.file));
  await vscode.workspace.fs.writeFile(target, content);
  await vscode.window.showTextDocument(target);
}

function templateList(): readonly Template[] {
  return [
    {
      file: 'mnist-mlp.ts',
      label: vscode.l10n.t('Handwritten digits, one hidden layer'),
      detail: vscode.l10n.t('MNIST, dense layers, Adam: the shortest experiment.'),
    },
    {
      file: 'mnist-cnn.ts',
      label: vscode.l10n.t('Handwritten digits, two convolutions'),
      detail: vscode.l10n.t('MNIST, a small convolutional network, Adam.'),
    },
  ];
}

/** `mnist-mlp.ts` in `folder`, or `mnist-mlp-2.ts` and so on where that exists. */
async function freeFile(folder: vscode.Uri, name: string): Promise<vscode.Uri> {
  const { name: stem, ext } = path.parse(name);
  for (let number = 1; ; number++) {
    const candidate = vscode.Uri.joinPath(folder, number === 1 ? name : `${stem}-${number}${ext}`);
    const exists = await vscode.workspace.fs.stat(candidate).then(
      () => true,
      () => false,
    );
    if (!exists) return candidate;
  }
}
