import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openModel } from '../../src/modelfile/open';
import { useEditor } from './editor/fixture';
import { acceptSuggestions, BITS_OR_SIZE } from './editor/quantizeQuestions';
import { nextRun, runFolders, untilRun } from './editor/runs';
import { saveScreenshot } from './editor/screenshots';
import { webview } from './editor/webviews';
import {
  acceptQuestion,
  chooseAnswer,
  chooseInContextMenu,
  notifications,
  openSideBar,
  runCommand,
} from './editor/workbench';

const editor = useEditor();

test('a right-click on a real transformer, Enter all the way, ends in a report with a row a tensor', async () => {
  const { page, workspace } = editor();
  const model = path.join(workspace, 'encoder/model.json');
  const before = await fingerprint(model);
  await chooseInContextMenu(page, 'encoder/model.json', 'Quantize Model…');
  await acceptSuggestions(page);

  const report = await webview(page, 'quantization');
  await report.locator('.state[data-state="done"]').waitFor({ timeout: 150_000 });
  const { tensors } = await openModel(model);
  await expect
    .poll(() => report.getByRole('grid', { name: 'Tensors' }).locator('tbody tr').count())
    .toBe(tensors.length);
  await report.locator('tr.quantized').first().click();
  await saveScreenshot(page, 'quantization-report');

  const output = path.join(workspace, 'encoder/model.w4.json');
  const quantized = await openModel(output);
  expect(quantized.tensors.map(({ name, shape }) => ({ name, shape }))).toEqual(
    tensors.map(({ name, shape }) => ({ name, shape })),
  );
  expect(await fingerprint(model)).toEqual(before);
});

test('a reload brings the report back, with the tensor that was chosen', async () => {
  const { page } = editor();
  const report = await webview(page, 'quantization');
  const rows = report.locator('tr.quantized');
  const chosen = await rows.nth(1).getAttribute('data-name');
  await rows.nth(1).click();
  await report.getByRole('heading', { name: chosen!, exact: true }).waitFor();
  const count = await report.locator('tbody tr').count();
  await editor().reload();

  const restored = await webview(page, 'quantization');
  await restored.getByRole('heading', { name: chosen!, exact: true }).waitFor();
  await expect.poll(() => restored.locator('tbody tr').count()).toBe(count);
});

test('Cancel in the notification ends a quantization, and leaves no file', async () => {
  const { page, workspace } = editor();
  const known = await runFolders(workspace);
  const files = await readdir(path.join(workspace, 'encoder'));
  await chooseInContextMenu(page, 'encoder/model.json', 'Quantize Model…');
  await chooseAnswer(page, 'Kashin decomposition, greedy');
  await acceptQuestion(page, 'Bits per weight');
  await chooseAnswer(page, 'Packed');
  const folder = await nextRun(workspace, known);
  await notifications(page).filter({ hasText: 'Quantizing model.json' }).waitFor();
  await page.locator('.notifications-toasts').getByRole('button', { name: 'Cancel', exact: true }).click();
  await untilRun(folder, ({ summary }) => summary.state === 'cancelled');
  expect(await readdir(path.join(workspace, 'encoder'))).toEqual(files);
});

test('a tensor of the report is chosen by the keyboard alone', async () => {
  const { page } = editor();
  await openSideBar(page);
  await runCommand(page, 'View: Close All Editors');
  await runCommand(page, 'Weightroom: Open Run');
  await chooseAnswer(page, 'done');
  const report = await webview(page, 'quantization');
  await report.locator('.state[data-state="done"]').waitFor();
  const focused = report.locator(':focus');
  const tabTo = async (selector: string): Promise<void> => {
    while ((await report.locator(`${selector}:focus`).count()) === 0) await page.keyboard.press('Tab');
  };
  await tabTo('tbody tr');
  const first = await focused.getAttribute('data-name');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => focused.getAttribute('data-name')).not.toBe(first);
  const second = await focused.getAttribute('data-name');
  await page.keyboard.press('Enter');
  await report.getByRole('heading', { name: second!, exact: true }).waitFor();
});

test('another method and form by arrow keys; the report shows the smaller file', async () => {
  const { page, workspace } = editor();
  const known = await runFolders(workspace);
  await chooseInContextMenu(page, 'models/tiny-encoder.safetensors', 'Quantize Model…');
  await chooseAnswer(page, 'Round to nearest');
  await chooseAnswer(page, '3 bits');
  await chooseAnswer(page, 'Packed');
  const folder = await nextRun(workspace, known);
  const { events } = await untilRun(folder, ({ summary }) => summary.state === 'done');
  const summary = events.flatMap((event) => (event.type === 'finished' ? [event.summary] : []))[0];
  expect(summary).toMatchObject({ job: 'quantize' });

  const output = path.join(workspace, 'models/tiny-encoder.w3.native.safetensors');
  const source = path.join(workspace, 'models/tiny-encoder.safetensors');
  expect((await stat(output)).size).toBeLessThan((await stat(source)).size / 4);
});

test('bits between those of the list, and a size, are typed', async () => {
  const { page, workspace } = editor();
  const model = 'models/tiny-encoder.safetensors';
  for (const { text, output, bytes } of [
    { text: '2.5', output: 'models/tiny-encoder.w2.5.safetensors', bytes: undefined },
    { text: '30 kB', output: 'models/tiny-encoder.30kB.native.safetensors', bytes: 30_000 },
  ]) {
    const known = await runFolders(workspace);
    await chooseInContextMenu(page, model, 'Quantize Model…');
    await chooseAnswer(page, 'Dependent quantization');
    await page.getByPlaceholder(BITS_OR_SIZE, { exact: true }).fill(text);
    await acceptQuestion(page, BITS_OR_SIZE);
    await acceptQuestion(page, 'How long to search');
    // A size is that of a packed file, so nothing is asked about the form.
    if (bytes === undefined) await chooseAnswer(page, 'Portable');
    const folder = await nextRun(workspace, known);
    await untilRun(folder, ({ summary }) => summary.state === 'done');
    const { size } = await stat(path.join(workspace, output));
    if (bytes !== undefined) expect(size).toBeLessThanOrEqual(bytes);
  }
});

test('the report of a portable file writes the packed one', async () => {
  const { page, workspace } = editor();
  const known = await runFolders(workspace);
  await chooseInContextMenu(page, 'models/tiny-encoder.safetensors', 'Quantize Model…');
  await chooseAnswer(page, 'Dependent quantization');
  await chooseAnswer(page, '3.5 bits');
  await chooseAnswer(page, 'Fast');
  await chooseAnswer(page, 'Portable');
  const portable = await nextRun(workspace, known);
  await untilRun(portable, ({ summary }) => summary.state === 'done');
  const report = await webview(page, 'quantization');
  await report.getByText('The portable file is as large as before.').waitFor();
  await saveScreenshot(page, 'quantization-portable');
  await report.getByRole('button', { name: 'Write the Packed File' }).click();
  const packed = await nextRun(workspace, [...known, portable]);
  const { spec } = await untilRun(packed, ({ summary }) => summary.state === 'done');
  const output = path.join(workspace, 'models/tiny-encoder.w3.5.native.safetensors');
  expect(spec).toMatchObject({ method: 'dependent', bits: 3.5, preset: 'fast', form: 'native', output });
  expect((await stat(output)).size).toBeLessThan(265_000 / 6);
});

test('no content policy was violated', () => {
  expect(editor().violations).toEqual([]);
});

/** Changes when a file does. */
async function fingerprint(file: string): Promise<{ hash: string; modified: number }> {
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  return { hash, modified: (await stat(file)).mtimeMs };
}

test('the Run view quantizes with what is chosen below More', async () => {
  const { page, workspace } = editor();
  const known = await runFolders(workspace);
  await openSideBar(page);
  const launcher = await webview(page, 'launcher');
  await launcher.getByRole('radio', { name: 'Quantize' }).check();
  const choose = async (field: string, option: string) => {
    await launcher.getByRole('combobox', { name: field }).click();
    await launcher.getByRole('option', { name: option, exact: true }).click();
  };
  await choose('Model', 'models/tiny-encoder.safetensors');
  await choose('Method', 'Round to nearest');
  await choose('Bits a weight', '5 bits');
  await launcher.locator('summary:visible', { hasText: 'More' }).click();
  await choose('Where the levels end', 'At the largest weight');
  await choose('What shares a scale', 'Weights of one output');
  await launcher.locator('vscode-text-field[aria-label="Seed"] input').last().fill('7');
  await launcher.getByRole('checkbox', { name: 'Compare with other methods' }).click();
  await saveScreenshot(page, 'launcher-more');
  await launcher.getByRole('button', { name: 'Run', exact: true }).click();
  const { spec, events } = await untilRun(
    await nextRun(workspace, known),
    ({ summary }) => summary.state === 'done',
  );
  expect(spec).toMatchObject({
    job: 'quantize',
    method: 'rtn',
    bits: 5,
    range: 'absmax',
    grouping: 'channel',
    seed: 7,
    comparison: false,
    output: path.join(workspace, 'models/tiny-encoder.w5.safetensors'),
  });
  expect(events.some(({ type }) => type === 'rateDistortion')).toBe(false);
});
