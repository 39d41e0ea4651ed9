import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { launchBrowser } from '../../../scripts/lib/browser.mjs';
import { linkExtension, startCodeServer } from '../../../scripts/lib/codeServer.mjs';
import { installVscode } from '../../../scripts/lib/vscode.mjs';
import { makeWorkspace } from '../../../scripts/lib/workspace.mjs';
import { endRuns } from './runs';
import { saveScreenshot } from './screenshots';
import { runCommand } from './workbench';

export interface EditorOptions {
  /** User settings over those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Default: the working tree, linked in as an unpacked extension. */
  readonly extensionsDir?: string;
  /** False for a window in which no folder is open; the workspace's files are there all the same. */
  readonly openFolder?: boolean;
  /** Called with the workspace before it is opened. */
  readonly prepare?: (workspace: string) => Promise<void>;
}

/** A VS Code with the extension and a workspace of real files, open in a browser. */
export interface Editor {
  readonly page: Page;
  /** Absolute path of the open folder. */
  readonly workspace: string;
  /** Absolute path of the folder that the extension keeps for itself. */
  readonly storage: string;
  /** What content policies refused, in any frame. */
  readonly violations: readonly string[];
  /** Reloads the window by the command and waits until the extension's contributions are there. */
  reload(): Promise<void>;
  /** Ends everything and removes its folders. */
  close(): Promise<void>;
}

const TRUSTED = { 'security.workspace.trust.enabled': false };

/** Opens VS Code and waits until the extension's contributions are there. */
export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'weightroom-e2e-data-'));
  const workspace = await makeWorkspace('weightroom-e2e-');
  const storage = path.join(home, 'data/User/globalStorage/weightroom.weightroom');
  await options.prepare?.(workspace);
  const extensionsDir = options.extensionsDir ?? path.join(home, 'extensions');
  if (options.extensionsDir === undefined) await linkExtension(extensionsDir);
  const server = await startCodeServer(await installVscode(), {
    home,
    extensionsDir,
    settings: { ...TRUSTED, ...options.settings },
  });
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await server.stop();
    await endRuns(workspace);
    await endRuns(storage);
    await rm(workspace, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  };
  try {
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const violations: string[] = [];
    page.on('console', (message) => {
      if (isViolation(message)) violations.push(`${message.location().url}: ${message.text()}`);
    });
    const query = options.openFolder === false ? 'ew=true' : `folder=${encodeURIComponent(workspace)}`;
    await page.goto(`${server.url}?${query}`);
    await contributionsOf(page);
    return {
      page,
      workspace,
      storage,
      violations,
      reload: async () => {
        await Promise.all([
          page.waitForEvent('load', { timeout: 120_000 }),
          runCommand(page, 'Developer: Reload Window'),
        ]);
        await contributionsOf(page);
      },
      close,
    };
  } catch (error) {
    const page = browser?.contexts()[0]?.pages()[0];
    if (page) await saveScreenshot(page, 'not-opened');
    await close();
    throw error;
  }
}

/** The workbench is there seconds before the extensions have contributed to it. */
async function contributionsOf(page: Page): Promise<void> {
  await page.locator('.activitybar [aria-label^="Weightroom"]').first().waitFor({ timeout: 60_000 });
}

function isViolation(message: ConsoleMessage): boolean {
  return /content security policy/i.test(message.text());
}
