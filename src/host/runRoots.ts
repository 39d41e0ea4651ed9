import * as vscode from 'vscode';

/** The folders whose `.weightroom/runs` hold the runs that this window shows, absolute. */
export class RunRoots {
  /** @param storage the extension's global storage: for files that belong to no open folder */
  constructor(private readonly storage: vscode.Uri) {}

  get all(): readonly string[] {
    return [...localFolders().map((folder) => folder.uri.fsPath), this.storage.fsPath];
  }

  /** Where the runs of a file live: its workspace folder; else, or without a file, the first one; else the global storage. */
  forFile(file: string | undefined): string {
    const own = file === undefined ? undefined : vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
    const owner = own ?? localFolders()[0];
    return owner?.uri.scheme === 'file' ? owner.uri.fsPath : this.storage.fsPath;
  }
}

/** A virtual workspace's folders have no path that a process could open. */
function localFolders(): readonly vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}
