import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Runs a command by its name, `Weightroom: Open Run`, as a person does in the palette. */
export async function runCommand(page: Page, name: string): Promise<void> {
  await openPalette(page, `>${name}`, exactly(name));
  // Rows are sorted anew while the palette fills, so the one to take is looked for by the keyboard. A row of
  // the question before may still be in the page, with the focus that it had.
  const focused = page.locator('.quick-input-list .monaco-list-row.focused .label-name', {
    hasText: exactly(name),
  });
  while ((await focused.count()) === 0) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

/** Opens a file of the workspace by its name, as a person does in the palette. */
export async function openFile(page: Page, name: string): Promise<void> {
  await openPalette(page, name, exactly(name));
  await page.keyboard.press('Enter');
  await page.locator('.tab.active', { hasText: name }).waitFor();
}

/** Answers a dialog for saving, which suggests `suggested`, with another path. */
export async function acceptFileName(page: Page, suggested: string, wanted: string): Promise<void> {
  const name = page.locator('.quick-input-widget:visible input').first();
  // The dialog takes a path once it has listed the folder, and then fills in its suggestion.
  await expect.poll(() => name.inputValue()).toBe(suggested);
  await name.fill(wanted);
  await page.keyboard.press('Enter');
}

/** Types at the end of the file in the active editor, as a person does. */
export async function typeAtEnd(page: Page, text: string): Promise<void> {
  // What is typed before the editor has the focus is lost.
  await page.locator('.editor-instance .monaco-editor.focused').waitFor();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(text);
  await page.locator('.tab.active.dirty').waitFor();
}

/** Opens the palette with `text` in it and waits for `row`; without a leading `>` it finds files. */
async function openPalette(page: Page, text: string, row: RegExp): Promise<void> {
  const input = page.locator('.quick-input-widget:visible input');
  const found = page.locator('.quick-input-list .label-name', { hasText: row });
  for (let attempt = 1; ; attempt++) {
    try {
      await page.keyboard.press('F1');
      await input.fill(text, { timeout: 10_000 });
      await found.first().waitFor({ timeout: 20_000 });
      return;
    } catch (error) {
      // A view that opens at this moment takes the focus, and the palette closes without it.
      if (attempt === 3) throw error;
    }
  }
}

/** Chooses an item of the context menu of a file in the Explorer. `file` is relative, with `/`. */
export async function chooseInContextMenu(page: Page, file: string, item: string): Promise<void> {
  await chooseInMenuOf(await revealInExplorer(page, file), item);
}

/** Chooses an item of the context menu of a row. */
export async function chooseInMenuOf(row: Locator, item: string): Promise<void> {
  const page = row.page();
  const entry = page.locator('.monaco-menu .action-item', { hasText: item }).first();
  // Until the editor knows that the workspace is trusted, a menu has the item disabled; the next one may not.
  for (;;) {
    await row.click({ button: 'right' });
    await entry.waitFor();
    if ((await entry.locator('.action-menu-item.disabled, .action-label.disabled').count()) === 0) break;
    await page.keyboard.press('Escape');
    await entry.waitFor({ state: 'detached' });
  }
  // A menu ignores the mouse while it opens, so the item is taken by Enter once it has the focus.
  await entry.hover();
  await page.locator('.monaco-menu .action-item.focused', { hasText: item }).waitFor();
  await page.keyboard.press('Enter');
}

/** Names of the items of a file's context menu; the menu is closed again. */
export async function contextMenuOf(page: Page, file: string): Promise<string[]> {
  const row = await revealInExplorer(page, file);
  await row.click({ button: 'right' });
  const labels = page.locator('.monaco-menu .action-label');
  await labels.first().waitFor();
  const texts = await labels.allInnerTexts();
  await page.keyboard.press('Escape');
  return texts;
}

/** Opens the folders above a file and returns its row. */
async function revealInExplorer(page: Page, file: string): Promise<Locator> {
  const explorer = page.locator('.explorer-folders-view');
  if (!(await explorer.isVisible())) await page.keyboard.press('Control+Shift+E');
  const parts = file.split('/');
  for (const [depth, name] of parts.entries()) {
    const row = explorer.locator(`.monaco-list-row[aria-level="${depth + 1}"]`, { hasText: exactly(name) });
    await row.first().waitFor();
    const isFolder = depth < parts.length - 1;
    const expanded = row.and(explorer.locator('[aria-expanded="true"]'));
    // Rows move while folders open: a click may have met another one.
    while (isFolder && (await expanded.count()) === 0) {
      await row.first().click();
      await expanded
        .first()
        .waitFor({ timeout: 3000 })
        .catch(() => undefined);
    }
    if (!isFolder) return row.first();
  }
  throw new Error(`${file} names nothing`);
}

/** Opens the extension's side bar. */
export async function openSideBar(page: Page): Promise<void> {
  const pane = page.locator('.pane-header', { hasText: 'Engines' });
  if (await pane.isVisible()) return;
  await page.locator('.activitybar [aria-label^="Weightroom"]').first().click();
  await pane.waitFor();
}

/** Rows of a tree view of the extension's side bar: `Runs`, `Engines`. */
export function rowsOf(page: Page, view: string): Locator {
  return page
    .locator('.split-view-view', { has: page.locator('.pane-header', { hasText: exactly(view) }) })
    .last()
    .locator('.monaco-list-row');
}

/** The texts of the notifications on the screen. */
export function notifications(page: Page): Locator {
  return page.locator('.notification-list-item-message');
}

/** The extension's item in the status bar, while something runs. */
export function statusBarItem(page: Page): Locator {
  return page.locator('.statusbar-item[id*="weightroom"]');
}

/** Presses Enter at a question, `Bits per weight`, once its suggested answer is under the cursor. */
export async function acceptQuestion(page: Page, question: string): Promise<void> {
  await page.getByPlaceholder(question, { exact: true }).waitFor();
  await page.locator('.quick-input-widget:visible .monaco-list-row.focused').waitFor();
  await page.keyboard.press('Enter');
}

/**
 * Moves to the answer that contains `wanted` with the arrow keys, and presses Enter. Only the answers in sight are
 * in the page, so it is looked for under the cursor, from the moment when its question is there.
 */
export async function chooseAnswer(page: Page, wanted: string): Promise<void> {
  const focused = page.locator('.quick-input-widget:visible .monaco-list-row.focused');
  while (!(await focused.innerText()).includes(wanted)) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
