import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './extension';
import { test } from './registry';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, { readonly default: unknown }>>;
    }[];
  };
}

test('the commands of the manifest are those that are registered', async () => {
  const { commands, views } = manifest();
  const registered = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith('weightroom.'));
  // VS Code registers some for each view: focus, open, resetViewLocation.
  const ofViews = Object.values(views)
    .flat()
    .map(({ id }) => `${id}.`);
  assert.deepEqual(
    registered.filter((id) => !ofViews.some((prefix) => id.startsWith(prefix) && !declared(id))).sort(),
    commands.map(({ command }) => command).sort(),
  );
});

test('every view can be opened', async () => {
  for (const { id } of Object.values(manifest().views).flat()) {
    await vscode.commands.executeCommand(`${id}.focus`);
  }
});

test('every setting has its default', () => {
  for (const { properties } of manifest().configuration) {
    for (const [key, property] of Object.entries(properties)) {
      assert.deepEqual(vscode.workspace.getConfiguration().get(key), property.default, key);
    }
  }
});

function manifest(): Manifest['contributes'] {
  return (extension().packageJSON as Manifest).contributes;
}

function declared(id: string): boolean {
  return manifest().commands.some(({ command }) => command === id);
}
