import * as vscode from 'vscode';
import { ENGINE_NAMES, type EngineStatus } from '../../protocol/engine';
import type { EngineList } from '../engineList';
import type { Problems } from '../problems';

/** The Engines view: each engine, best first, with its device, or why it cannot be used. */
export class EnginesTree implements vscode.TreeDataProvider<EngineStatus>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly list: EngineList,
    private readonly problems: Problems,
  ) {
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      list.onDidChange(() => this.changed.fire()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire()),
    );
  }

  /** Empty in an untrusted workspace: then the view's welcome says why. */
  async getChildren(parent?: EngineStatus): Promise<EngineStatus[]> {
    if (parent || !vscode.workspace.isTrusted) return [];
    try {
      await this.list.ensure();
    } catch (error) {
      this.problems.report(error);
    }
    return [...(this.list.engines ?? [])];
  }

  getTreeItem({ id, usable, reason, device, version }: EngineStatus): vscode.TreeItem {
    const item = new vscode.TreeItem(ENGINE_NAMES[id]);
    item.id = id;
    item.description = usable
      ? [device, version].filter((part) => part !== '').join(' · ')
      : vscode.l10n.t('not usable');
    item.tooltip = reason;
    item.iconPath = usable
      ? new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
      : new vscode.ThemeIcon('circle-slash');
    item.contextValue = !usable && id === 'tensorflow' ? 'engine.installable' : 'engine';
    item.accessibilityInformation = { label: `${ENGINE_NAMES[id]}, ${item.description}. ${reason}` };
    return item;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }
}
