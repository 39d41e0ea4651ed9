import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type * as launcher from '../../scripts/lib/browser.mjs';
import { distFolder } from '../../src/engine/distFolder';
import { webviewPage } from '../../src/host/panels/webviewPage';
import { UserError } from '../../src/protocol/userError';
import type { FrameTimes } from './frameTimes';

/** Never looked up: the page's requests are answered from `dist/`. */
const ORIGIN = 'http://weightroom.invalid';
const SIZE = { width: 1280, height: 900 };
/** Milliseconds between two moves of the hand: no faster than frames. */
const PACE = 16;

/** The built page of a run in a Chromium, without a window. */
export class ChartPage {
  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  /** @throws UserError `no-browser` where there is no Chromium, or it does not start */
  static async open(): Promise<ChartPage> {
    const browser = await launch();
    const page = await browser.newPage({ viewport: SIZE });
    const html = webviewPage({
      cspSource: ORIGIN,
      script: `${ORIGIN}/run.js`,
      style: `${ORIGIN}/run.css`,
      nonce: 'bench',
      title: 'bench',
      language: 'en',
    });
    await page.route(`${ORIGIN}/**`, async (route) => {
      const name = path.basename(new URL(route.request().url()).pathname);
      if (name === '') return route.fulfill({ contentType: 'text/html', body: html });
      const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript';
      return route.fulfill({ contentType, body: await readFile(path.join(distFolder(), 'webview', name)) });
    });
    await page.addInitScript({ path: path.join(distFolder(), 'bench/chartPage.js') });
    await page.goto(`${ORIGIN}/`);
    return new ChartPage(browser, page);
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  /** Sends a run of so many points, and waits for its picture. */
  async feed(points: number): Promise<void> {
    await this.page.evaluate(`chartBench.feed(${points})`);
  }

  /**
   * Sends messages of {@link encodeMessage} at their times, and watches the frames until the picture of all
   * their points is there: milliseconds to the first picture and to the whole one.
   */
  async replay(
    messages: readonly { readonly time: number; readonly bytes: Uint8Array }[],
    points: number,
  ): Promise<FrameTimes & { readonly first: number; readonly whole: number }> {
    for (const { bytes } of messages) {
      const base64 = Buffer.from(bytes).toString('base64');
      await this.page.evaluate(`chartBench.take('${base64}')`);
    }
    const times = JSON.stringify(messages.map(({ time }) => time));
    return this.page.evaluate(`chartBench.replay(${times}, ${points})`);
  }

  /** From now on the run grows by so many points ten times a second. */
  async grow(points: number): Promise<void> {
    await this.page.evaluate(`chartBench.grow(${points})`);
  }

  /** Moves the slider of the moving average by the keyboard. */
  async smooth(presses: number): Promise<void> {
    const slider = this.page.locator('.chart-bar input[type="range"]').first();
    await slider.focus();
    for (let k = 0; k < presses; k++) {
      await this.page.keyboard.press('ArrowRight');
      await this.page.waitForTimeout(PACE);
    }
  }

  /** Watches the frames while somebody zooms, moves to and fro, and looks at all again; about six seconds. */
  async panAndZoom(): Promise<FrameTimes> {
    return this.watched(async () => {
      for (let k = 0; k < 3; k++) {
        await this.wheel(-200, 12);
        await this.drag(0.8, 0.3);
        await this.drag(0.3, 0.9);
        await this.wheel(200, 6);
        await this.drag(0.2, 0.7);
        await this.wheel(200, 10);
      }
    });
  }

  async watched(act: () => Promise<void>): Promise<FrameTimes> {
    await this.page.evaluate('chartBench.watchFrames()');
    await act();
    return this.page.evaluate('chartBench.frames()');
  }

  private async wheel(delta: number, turns: number): Promise<void> {
    const { x, y } = await this.place(0.6);
    await this.page.mouse.move(x, y);
    await this.page.keyboard.down('Control');
    for (let k = 0; k < turns; k++) {
      await this.page.mouse.wheel(0, delta);
      await this.page.waitForTimeout(2 * PACE);
    }
    await this.page.keyboard.up('Control');
  }

  private async drag(from: number, to: number): Promise<void> {
    const start = await this.place(from);
    const end = await this.place(to);
    const moves = 30;
    await this.page.keyboard.down('Shift');
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    for (let k = 1; k <= moves; k++) {
      await this.page.mouse.move(start.x + ((end.x - start.x) * k) / moves, start.y);
      await this.page.waitForTimeout(PACE);
    }
    await this.page.mouse.up();
    await this.page.keyboard.up('Shift');
  }

  /** A place at half the height of the first chart. */
  private async place(share: number): Promise<{ readonly x: number; readonly y: number }> {
    const box = await this.page.locator('.plot canvas').first().boundingBox();
    if (!box) throw new Error('The page shows no chart.');
    return { x: box.x + box.width * share, y: box.y + box.height / 2 };
  }
}

/** The browser of the webview tests. Its launcher is a script of the checkout and no part of this bundle. */
async function launch(): Promise<Browser> {
  const script = path.join(distFolder(), '..', 'scripts/lib/browser.mjs');
  const { launchBrowser } = (await import(pathToFileURL(script).href)) as typeof launcher;
  try {
    return await launchBrowser();
  } catch (error) {
    const { message, remedy } = error as Error & { readonly remedy?: string };
    throw new UserError(
      'no-browser',
      `No Chromium to draw charts in: ${message.split('\n')[0] ?? ''}`,
      remedy ?? 'Install Chromium or Chrome, or name one in WEIGHTROOM_CHROMIUM.',
    );
  }
}
