import * as vscode from 'vscode';
import { test, until } from './registry';

test('Open Stability Explorer opens one panel, however often it is asked', async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('weightroom.explorer.open');
  await vscode.commands.executeCommand('weightroom.explorer.open');
  await until('one panel', () => (explorers().length === 1 ? true : undefined));
  await vscode.window.tabGroups.close(explorers());
  await until('closed', () => (explorers().length === 0 ? true : undefined));
  await vscode.commands.executeCommand('weightroom.explorer.open');
  await until('a panel again', () => (explorers().length === 1 ? true : undefined));
});

function explorers(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.includes('weightroom.explorer'),
    );
}
