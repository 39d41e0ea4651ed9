import * as vscode from 'vscode';
import type { FromRunPanel } from '../../protocol/messages';
import type { JobSpec } from '../../protocol/jobSpec';
import { cancelRun } from '../../runs/cancel';
import { readRun } from '../../runs/read';
import { readSpec } from '../../runs/specFile';
import { showField } from '../experiments/showField';
import type { Problems } from '../problems';
import { exportReport } from '../runReports';
import { saveChartFile } from './saveChartFile';

/** Does what a run's page asks for. */
export class RunIntents {
  /**
   * @param pages folder of the built webviews, which draw a report
   * @param start starts a job, whose output it names where the spec leaves it empty
   */
  constructor(
    private readonly pages: string,
    private readonly problems: Problems,
    private readonly start: (spec: JobSpec) => Promise<void>,
  ) {}

  handle(folder: string, intent: Exclude<FromRunPanel, { type: 'ready' }>): void {
    this.act(folder, intent).catch((error: unknown) => this.problems.report(error));
  }

  private async act(folder: string, intent: Exclude<FromRunPanel, { type: 'ready' }>): Promise<void> {
    switch (intent.type) {
      case 'cancel':
        await cancelRun(folder);
        return;
      case 'resume':
        await vscode.commands.executeCommand('weightroom.run.resume', folder);
        return;
      case 'showLog':
        await vscode.commands.executeCommand('weightroom.run.showLog', folder);
        return;
      case 'showField': {
        const { spec } = await readSpec(folder);
        if (spec.job === 'train') await showField(spec.experiment, intent.field);
        return;
      }
      case 'openOutput':
        await vscode.commands.executeCommand('weightroom.model.inspect', vscode.Uri.file(intent.path));
        return;
      case 'pack': {
        const { spec } = await readRun(folder);
        if (spec.job === 'quantize') await this.start({ ...spec, form: 'native', output: '', force: false });
        return;
      }
      case 'export':
        await exportReport(folder, intent.format, this.pages);
        return;
      case 'saveImage':
      case 'saveText':
        await saveChartFile(intent);
        return;
    }
  }
}
