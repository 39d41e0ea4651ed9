import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { VerdictEvent } from '../../src/protocol/instruments';
import { readRun } from '../../src/runs/read';
import { listRuns } from '../../src/runs/list';
import { commandLine, workspace, workspaceFile } from './extension';
import { test, until } from './registry';

const EXPERIMENT = 'mnist-mlp.ts';
/** So long a step that the run complains of it at once. */
const TOO_LONG = ['optimizer.name=sgd', 'optimizer.learningRate=2'];

test('a hover tells what a field of an experiment is', async () => {
  const document = await show(EXPERIMENT);
  const fields = ['name', 'data', 'parameters', 'model', 'loss', 'metrics', 'optimizer'];
  for (const field of [...fields, 'batchSize', 'epochs', 'seed', 'learningRate']) {
    const text = await until(`a hover over ${field}`, () => hoverText(document, ` ${field}:`));
    assert.match(text, /\(property\)/, field);
    // Below the type there are words.
    assert.match(text.split('```').at(-1)!, /\w{3,}/, `${field}: ${text}`);
  }
  assert.match((await hoverText(document, ' batchSize:'))!, /Examples in a step\./);
});

test('a mistake in the settings is underlined where it is', async () => {
  const source = (await show(EXPERIMENT)).getText();
  const mistakes: readonly (readonly [right: string, wrong: string, underlined: string])[] = [
    ['learningRate: 0.001', "learningRate: 'high'", 'learningRate'],
    ["name: 'adam'", "name: 'adma'", 'name'],
    ['epochs: 5', 'epochs: 5, epoch: 6', 'epoch'],
  ];
  for (const [k, [right, wrong, underlined]] of mistakes.entries()) {
    const name = `mistake-${k}.ts`;
    await writeFile(workspaceFile(name).fsPath, source.replace(right, wrong));
    const document = await show(name);
    const place = document.getText().indexOf(wrong) + wrong.lastIndexOf(underlined);
    const range = new vscode.Range(
      document.positionAt(place),
      document.positionAt(place + underlined.length),
    );
    const found = await until(`${wrong} underlined`, () => {
      const diagnostics = vscode.languages.getDiagnostics(document.uri);
      return diagnostics.some(({ range: at }) => at.isEqual(range)) ? diagnostics : undefined;
    });
    assert.equal(found.length, 1, found.map(({ message }) => message).join('\n'));
    assert.equal(found[0]!.severity, vscode.DiagnosticSeverity.Error);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(document.uri);
  }
});

test('what a run has found is underlined in its experiment, and its step stands beside the optimizer', async () => {
  const run = await train(...TOO_LONG.flatMap((setting) => ['--set', setting]), '--instruments', 'full');
  const { events } = await readRun(run);
  const verdicts = lastOfEach(events.filter((event) => event.type === 'verdict'));
  const findings = verdicts.filter(({ level, field }) => level !== 'good' && field !== undefined);
  assert.ok(
    findings.some(({ level }) => level === 'warning'),
    'the run complains',
  );

  const document = await show(EXPERIMENT);
  const found = await until('findings', () => {
    const ours = vscode.languages
      .getDiagnostics(document.uri)
      .filter(({ source }) => source === 'Weightroom');
    return ours.length === findings.length ? ours : undefined;
  });
  for (const { id, level, text, field } of findings) {
    const diagnostic = found.find(({ code }) => code === id);
    assert.ok(diagnostic, `${id}: ${text}`);
    assert.ok(diagnostic.message.startsWith(text), text);
    const { Warning, Information } = vscode.DiagnosticSeverity;
    assert.equal(diagnostic.severity, level === 'warning' ? Warning : Information);
    assert.ok(document.getText(diagnostic.range).startsWith(`${field!.split('.')[0]}:`), field);
  }

  const hint = await until('a hint', async () => (await hints(document))[0]);
  const line = document.lineAt(hint.position);
  assert.match(line.text, /^ {2}optimizer:/);
  assert.equal(hint.position.character, line.text.length);
  assert.match(hint.label as string, /^effective step 2 · .*loss \d/);
  const { value: tooltip } = hint.tooltip as vscode.MarkdownString;
  assert.match(
    tooltip,
    /started with optimizer\.name = sgd, optimizer\.learningRate = 2, .*over what is written/,
  );
});

test('the trials of a sweep are not taken for what the file says', async () => {
  const document = await show(EXPERIMENT);
  const before = await resultLens(document);
  assert.match(before, /^done in .*trainLoss/);
  await commandLine('sweep', EXPERIMENT, '--grid', 'optimizer.learningRate=0.1,0.2', '--max-steps', '2');
  const trials = (await listRuns(workspace())).filter(({ name, job }) => job === 'train' && name !== '');
  assert.ok(trials.length >= 3);
  await vscode.commands.executeCommand('weightroom.runs.refresh');
  assert.equal(await resultLens(document), before);
  assert.match((await hints(document))[0]?.label as string, /^effective step 2 /);
});

async function show(name: string): Promise<vscode.TextDocument> {
  return (await vscode.window.showTextDocument(workspaceFile(name))).document;
}

/** Trains the experiment for some steps from a terminal and returns the folder of the run. */
async function train(...args: string[]): Promise<string> {
  const { run } = (await commandLine('run', EXPERIMENT, '--max-steps', '60', ...args)) as { run: string };
  const summary = (await listRuns(workspace())).find(({ id }) => id === run);
  assert.ok(summary, `${run} is listed`);
  return summary.folder;
}

/** The hover over the word in `place`, whose first character is a space. */
async function hoverText(document: vscode.TextDocument, place: string): Promise<string | undefined> {
  const index = document.getText().indexOf(place);
  assert.ok(index >= 0, place);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(index + 1),
  );
  const texts = hovers.flatMap(({ contents }) =>
    contents.map((part) => (part as vscode.MarkdownString).value),
  );
  const text = texts.join('\n');
  // The first answers come before the imports have been read.
  return text === '' || text.includes('(loading...)') ? undefined : text;
}

async function hints(document: vscode.TextDocument): Promise<vscode.InlayHint[]> {
  return vscode.commands.executeCommand<vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    document.uri,
    new vscode.Range(0, 0, document.lineCount, 0),
  );
}

async function resultLens(document: vscode.TextDocument): Promise<string> {
  return until('a lens with the last result', async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      10,
    );
    return lenses.find(({ command }) => command?.command === 'weightroom.run.open')?.command?.title;
  });
}

/** A kind of verdict is said anew when its level changes. */
function lastOfEach(verdicts: readonly VerdictEvent[]): readonly VerdictEvent[] {
  return [...new Map(verdicts.map((verdict) => [verdict.id, verdict])).values()];
}
