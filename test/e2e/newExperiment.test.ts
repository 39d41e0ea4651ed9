import { copyFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { dist } from '../../scripts/lib/paths.mjs';
import { EXPERIMENT_TEMPLATES, type TemplateName } from '../../src/host/experiments/experimentTemplates';
import { useEditor } from './editor/fixture';
import { webview } from './editor/webviews';
import { acceptFileName, openSideBar, runCommand, typeAtEnd } from './editor/workbench';

/** What the list of templates calls each. */
const LABELS: Readonly<Record<TemplateName, string>> = {
  logisticRegression: 'Handwritten digits, logistic regression',
  mlp: 'Handwritten digits, one hidden layer',
  cnn: 'Handwritten digits, two convolutions',
  resnet20: 'Photographs, ResNet-20',
  multiTask: 'Two digits at once, multi-task',
  textClassifier: 'Spam or not, transformer',
  languageModel: 'Next byte of a text, transformer',
};
const MISTAKE = "export const mistake: number = 'text';";

const editor = useEditor({
  settings: { 'files.autoSave': 'off' },
  // Every template is new to a folder that has none of the examples.
  prepare: async (workspace) => {
    const files = Object.values(EXPERIMENT_TEMPLATES).flatMap(({ file, companions }) => [
      file,
      ...companions,
    ]);
    for (const file of files) await rm(path.join(workspace, file), { force: true });
  },
});
beforeEach(() => runCommand(editor().page, 'View: Close All Editors'));

const problems = () => editor().page.locator('#status\\.problems').getAttribute('aria-label');

test.each(Object.keys(EXPERIMENT_TEMPLATES) as TemplateName[])(
  'New Experiment makes %s, which opens with its lens and without an error',
  async (name) => {
    const { page, workspace } = editor();
    const { file, companions } = EXPERIMENT_TEMPLATES[name];
    await runCommand(page, 'Weightroom: New Experiment…');
    await page.getByPlaceholder('What to start from').fill(LABELS[name]);
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: LABELS[name] }).waitFor();
    await page.keyboard.press('Enter');
    // The name of the example is suggested; a person writes another.
    const own = `my-${file}`;
    await acceptFileName(page, path.join(workspace, file), path.join(workspace, own));

    await page.locator('.tab.active', { hasText: own }).waitFor();
    await page.locator('.contentWidgets .codelens-decoration a', { hasText: 'Run' }).first().waitFor();
    const written = await readFile(path.join(workspace, own), 'utf8');
    expect(written).toBe(await readFile(path.join(dist, 'examples', file), 'utf8'));
    for (const companion of companions) {
      expect(await readFile(path.join(workspace, companion))).toEqual(
        await readFile(path.join(dist, 'examples', companion)),
      );
    }

    // That nothing is underlined says something once the checker has read it: it underlines a mistake, and no more.
    await typeAtEnd(page, MISTAKE);
    await expect.poll(problems).toBe('Errors: 1');
    await runCommand(page, 'File: Revert File');
    await expect.poll(problems).toBe('No Problems');
  },
);

test('the Run view takes up what was made from it, and offers the others', async () => {
  const { page, workspace } = editor();
  await openSideBar(page);
  const launcher = await webview(page, 'launcher');
  const experiment = launcher.getByRole('combobox', { name: 'Experiment' });
  await launcher.getByRole('button', { name: 'New Experiment…' }).click();
  await page
    .locator('.quick-input-list .monaco-list-row.focused', { hasText: LABELS.logisticRegression })
    .waitFor();
  await page.keyboard.press('Enter');
  const { file } = EXPERIMENT_TEMPLATES.logisticRegression;
  await acceptFileName(page, path.join(workspace, file), path.join(workspace, 'newest.ts'));
  const chosen = experiment.locator('vscode-option[aria-selected="true"]');
  await expect.poll(() => chosen.textContent()).toBe('newest.ts');

  await experiment.click();
  const options = launcher.getByRole('option', { name: /^my-.*\.ts$/ });
  const made = Object.values(EXPERIMENT_TEMPLATES).map((template) => `my-${template.file}`);
  await expect.poll(() => options.allInnerTexts()).toEqual(made.toSorted());
});

test('the Run view offers a file that comes from elsewhere, and forgets one that goes', async () => {
  const { page, workspace } = editor();
  await openSideBar(page);
  const launcher = await webview(page, 'launcher');
  const there = launcher.locator('vscode-option', { hasText: 'from-elsewhere.ts' });
  const file = path.join(workspace, 'from-elsewhere.ts');
  await copyFile(path.join(dist, 'examples', EXPERIMENT_TEMPLATES.mlp.file), file);
  await expect.poll(() => there.count()).toBe(1);
  await rm(file);
  await expect.poll(() => there.count()).toBe(0);
});
