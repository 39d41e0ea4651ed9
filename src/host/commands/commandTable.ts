import * as vscode from 'vscode';
import type { Problems } from '../problems';

/** What a command does; its arguments come from menus and other extensions, so they are unknown. */
export type Command = (...args: readonly unknown[]) => unknown;
export type CommandTable = Readonly<Record<string, Command>>;

/** Registers commands so that whatever one throws is reported. */
export function registerCommands(table: CommandTable, problems: Problems): vscode.Disposable {
  const registrations = Object.entries(table).map(([id, command]) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        return await command(...args);
      } catch (error) {
        problems.report(error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}
