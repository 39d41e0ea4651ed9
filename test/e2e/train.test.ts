import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Frame } from 'playwright-core';
import { cancelRun } from '../../src/runs/cancel';
import type { RunRecord } from '../../src/protocol/run';
import { useEditor } from './editor/fixture';
import { isAlive, nextRun, reportedSteps, runFolders, untilRun, workerPid } from './editor/runs';
import { saveScreenshot } from './editor/screenshots';
import { openWebviews, webview } from './editor/webviews';
import { notifications, openSideBar, rowsOf, runCommand, statusBarItem } from './editor/workbench';

const LAST_WORDS = 'These are the last words of this run.';
const editor = useEditor({
  prepare: (workspace) =>
    appendFile(path.join(workspace, 'mnist-mlp.ts'), `console.log(${JSON.stringify(LAST_WORDS)});\n`),
});
beforeEach(() => runCommand(editor().page, 'View: Close All Editors'));

test('the Run view trains MNIST: the chart grows while it trains, Cancel ends it', async () => {
  const run = await trainForLong();
  const panel = await webview(editor().page, 'run');
  const first = await samplesShown(panel);
  await expect.poll(() => samplesShown(panel)).toBeGreaterThan(first);
  await saveScreenshot(editor().page, 'training');

  // The status bar says what runs and how far it is, and leads back to it.
  await runCommand(editor().page, 'View: Close All Editors');
  await expect.poll(() => openWebviews(editor().page, 'run')).toEqual([]);
  await statusBarItem(editor().page)
    .filter({ hasText: /MNIST, one hidden layer · \d+ %/ })
    .click();
  const again = await webview(editor().page, 'run');
  await expect.poll(() => samplesShown(again)).toBeGreaterThan(first);

  await button(again, 'Cancel').click();
  await again.locator('.state[data-state="cancelled"]').waitFor({ timeout: 10_000 });
  await statusBarItem(editor().page).waitFor({ state: 'hidden' });
  await expect.poll(() => isAlive(run.pid), { timeout: 10_000 }).toBe(false);
  expect((await untilRun(run.folder, () => true)).summary.state).toBe('cancelled');
  await rowsOf(editor().page, 'Runs').first().filter({ hasText: 'cancelled' }).waitFor();
});

test('Resume goes on where the cancelled run stopped', async () => {
  const { page, workspace } = editor();
  const known = await runFolders(workspace);
  const [stopped] = known;
  const stoppedRun = await untilRun(stopped!, ({ summary }) => summary.state === 'cancelled');
  await rowsOf(page, 'Runs').first().click();
  const panel = await webview(page, 'run');
  await button(panel, 'Resume').click();
  const folder = await nextRun(workspace, known);
  const resumed = await untilRun(folder, (run) => reportedSteps(run) > 0);
  expect(resumed.spec).toMatchObject({ job: 'train', resume: stopped, epochs: 500 });
  // Cancelled before the test at the end of an epoch, it begins with that test.
  expect(stepsOf(resumed)[0]).toBeGreaterThanOrEqual(stepsOf(stoppedRun).at(-1)!);
  await cancelRun(folder);
  await untilRun(folder, (run) => run.summary.state === 'cancelled');
});

test('a reload in the middle of a run: the run goes on and the panel comes back', async () => {
  const run = await trainForLong();
  await samplesShown(await webview(editor().page, 'run'));
  const before = reportedSteps(await untilRun(run.folder, () => true));
  await editor().reload();

  const panel = await webview(editor().page, 'run');
  await panel.locator('.state[data-state="running"]').waitFor();
  await expect.poll(() => samplesShown(panel)).toBeGreaterThan(before);
  const shown = await samplesShown(panel);
  await expect.poll(() => samplesShown(panel)).toBeGreaterThan(shown);
  expect(await isAlive(run.pid)).toBe(true);

  await button(panel, 'Cancel').click();
  await panel.locator('.state[data-state="cancelled"]').waitFor({ timeout: 10_000 });
});

test('a killed worker is shown as failed, with the end of its log', async () => {
  const run = await trainForLong();
  const panel = await webview(editor().page, 'run');
  await samplesShown(panel);
  process.kill(run.pid, 'SIGKILL');
  await panel.locator('.state[data-state="failed"]').waitFor({ timeout: 10_000 });
  const log = panel.getByLabel('End of the log');
  await expect.poll(() => log.innerText()).toContain(LAST_WORDS);
  const shownLog = await log.innerText();
  expect(await readFile(path.join(run.folder, 'log.txt'), 'utf8')).toContain(shownLog.trim());
  await rowsOf(editor().page, 'Runs').first().filter({ hasText: 'failed' }).waitFor();
  await notifications(editor().page).filter({ hasText: 'failed' }).first().waitFor();
  await saveScreenshot(editor().page, 'killed');
});

test('no content policy was violated', () => {
  expect(editor().violations).toEqual([]);
});

/** Starts the MNIST network from the Run view for more epochs than any test waits for. */
async function trainForLong(): Promise<{ folder: string; pid: number }> {
  const { page, workspace } = editor();
  const known = await runFolders(workspace);
  await openSideBar(page);
  const launcher = await webview(page, 'launcher');
  await launcher.getByRole('combobox', { name: 'Experiment' }).click();
  await launcher.getByRole('option', { name: 'mnist-mlp.ts' }).click();
  await launcher.locator('vscode-text-field[aria-label="Epochs"] input').fill('500');
  await button(launcher, 'Run').click();
  const folder = await nextRun(workspace, known);
  await untilRun(folder, (run) => reportedSteps(run) > 0);
  return { folder, pid: await workerPid(folder) };
}

function button(frame: Frame, label: string) {
  return frame.getByRole('button', { name: label, exact: true });
}

/** The steps that a run has told the loss of. */
function stepsOf({ events }: RunRecord): readonly number[] {
  return events.flatMap((event) => (event.type === 'metrics' ? [event.step] : []));
}

/** How many values the first chart of a run panel says that it draws; waits until there are some. */
async function samplesShown(panel: Frame): Promise<number> {
  const label = panel.locator('canvas[aria-roledescription="chart"]').first();
  await expect.poll(() => label.getAttribute('aria-label')).toMatch(/, [\d,]+ values/);
  const text = (await label.getAttribute('aria-label')) ?? '';
  return Number(/, ([\d,]+) values/.exec(text)?.[1]?.replaceAll(',', ''));
}
