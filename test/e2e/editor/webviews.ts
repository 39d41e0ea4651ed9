import type { Frame, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Pages of the extension, by the script that they load. */
export type WebviewName = 'run' | 'comparison' | 'quantization' | 'launcher';

/**
 * Waits for a visible webview with that page and returns its inner frame, where our document is. VS Code
 * wraps it into a frame of its own.
 */
export async function webview(page: Page, name: WebviewName, timeout = 60_000): Promise<Frame> {
  let found: Frame | undefined;
  await expect
    .poll(async () => (found = (await openWebviews(page, name))[0]), { timeout, interval: 200 })
    .toBeDefined();
  return found!;
}

/** The visible webviews with that page. */
export async function openWebviews(page: Page, name: WebviewName): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (const frame of page.frames()) {
    if (await shows(frame, name)) frames.push(frame);
  }
  return frames;
}

/** Frames come and go while they are looked at; one that is gone shows nothing. */
async function shows(frame: Frame, name: WebviewName): Promise<boolean> {
  try {
    if (!frame.url().includes('/pre/fake.html')) return false;
    if ((await frame.locator(`script[src$="/webview/${name}.js"]`).count()) === 0) return false;
    const outer = await frame.parentFrame()?.frameElement();
    return (await outer?.isVisible()) ?? false;
  } catch {
    return false;
  }
}
