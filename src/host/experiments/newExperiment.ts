import path from 'node:path';
import * as vscode from 'vscode';
import { EXPERIMENT_TEMPLATES, type ExperimentTemplate, type TemplateName } from './experimentTemplates';

interface TemplateItem extends ExperimentTemplate {
  readonly label: string;
  readonly detail: string;
}

/**
 * Makes a new experiment from one of the examples, asks where to save it, and opens it. Returns its file;
 * `undefined` where a person gave up.
 * @param templates the folder with the examples, `dist/examples`
 */
export async function newExperiment(templates: vscode.Uri): Promise<vscode.Uri | undefined> {
  const title = vscode.l10n.t('New Experiment');
  const placeHolder = vscode.l10n.t('What to start from');
  const template = await vscode.window.showQuickPick(templateList(), { title, placeHolder });
  if (!template) return undefined;
  const home = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title,
    filters: { TypeScript: ['ts'] },
    ...(home && { defaultUri: await freeFile(home, template.file) }),
  });
  if (!target) return undefined;
  const content = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(templates, template.file));
  await vscode.workspace.fs.writeFile(target, content);
  for (const companion of template.companions) {
    const place = vscode.Uri.joinPath(target, '..', companion);
    if (await exists(place)) continue;
    await vscode.workspace.fs.copy(vscode.Uri.joinPath(templates, companion), place);
  }
  await vscode.window.showTextDocument(target);
  return target;
}

function templateList(): readonly TemplateItem[] {
  const words: Readonly<Record<TemplateName, readonly [label: string, detail: string]>> = {
    logisticRegression: [
      vscode.l10n.t('Handwritten digits, logistic regression'),
      vscode.l10n.t('MNIST, no hidden layer, NAG-GS: a convex problem.'),
    ],
    mlp: [
      vscode.l10n.t('Handwritten digits, one hidden layer'),
      vscode.l10n.t('MNIST, dense layers, Adam: the shortest experiment.'),
    ],
    cnn: [
      vscode.l10n.t('Handwritten digits, two convolutions'),
      vscode.l10n.t('MNIST, a small convolutional network, Adam.'),
    ],
    resnet20: [
      vscode.l10n.t('Photographs, ResNet-20'),
      vscode.l10n.t('CIFAR-10 from a folder of yours, augmentation, momentum with weight decay.'),
    ],
    multiTask: [
      vscode.l10n.t('Two digits at once, multi-task'),
      vscode.l10n.t('MultiMNIST, a trunk that two tasks share, a head and a loss for each.'),
    ],
    textClassifier: [
      vscode.l10n.t('Spam or not, transformer'),
      vscode.l10n.t('E-mails as bytes, a transformer written by hand that answers one question.'),
    ],
    languageModel: [
      vscode.l10n.t('Next byte of a text, transformer'),
      vscode.l10n.t('A language model in small, with Shakespeare to begin with.'),
    ],
  };
  return Object.entries(EXPERIMENT_TEMPLATES).map(([name, template]) => {
    const [label, detail] = words[name as TemplateName];
    return { ...template, label, detail };
  });
}

/** `mnist-mlp.ts` in `folder`, or `mnist-mlp-2.ts` and so on where that exists. */
async function freeFile(folder: vscode.Uri, name: string): Promise<vscode.Uri> {
  const { name: stem, ext } = path.parse(name);
  for (let number = 1; ; number++) {
    const candidate = vscode.Uri.joinPath(folder, number === 1 ? name : `${stem}-${number}${ext}`);
    if (!(await exists(candidate))) return candidate;
  }
}

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}
