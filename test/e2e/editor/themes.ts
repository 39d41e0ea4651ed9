import type { Page } from 'playwright-core';

/** The four kinds of themes: what the picker calls one of each, and the class of the workbench under it. */
export const THEMES = [
  { kind: 'light', label: 'Light 2026', workbenchClass: 'vs' },
  { kind: 'dark', label: 'Dark 2026', workbenchClass: 'vs-dark' },
  { kind: 'high-contrast', label: 'Dark High Contrast', workbenchClass: 'hc-black' },
  { kind: 'high-contrast-light', label: 'Light High Contrast', workbenchClass: 'hc-light' },
] as const;

/** Changes the colour theme as a person does; settings files are not watched by the server. */
export async function chooseTheme(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+T');
  await page.getByPlaceholder('Select Color Theme').fill(theme.label);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: theme.label }).first().click();
  await page.locator(`.monaco-workbench.${theme.workbenchClass}`).waitFor();
}
