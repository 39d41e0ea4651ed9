import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchBrowser } from '../../../scripts/lib/browser.mjs';
import { webviewPage } from '../../../src/host/panels/webviewPage';
import { THEMES, type ThemeKind } from './themes';

const dist = process.env['WEIGHTROOM_DIST'] ?? 'dist';
const shots = path.resolve(import.meta.dirname, '../../../test-results/webview');
const modules = path.resolve(import.meta.dirname, '../../../node_modules');

export type PanelName = 'run' | 'comparison' | 'quantization' | 'launcher' | 'explorer';

/** A panel in a plain page, under the policy and in the shell that the extension gives it. */
export interface Panel {
  readonly page: Page;
  /** Sends a message as the extension host would, and waits until the panel has taken it; typed arrays arrive as such. */
  send(message: unknown): Promise<void>;
  /** What the panel has posted so far; bytes as lists of numbers. */
  posted(): Promise<readonly Posted[]>;
  /** The newest that it has posted of a type; waits for one. */
  newest(type: string): Promise<Posted>;
  /** What the panel last kept by setState. */
  state(): Promise<unknown>;
  setTheme(kind: ThemeKind): Promise<void>;
  /** Serious and critical findings of axe, as `rule: element`. */
  accessibility(): Promise<readonly string[]>;
  /** Violations of the content policy, errors of the page. */
  readonly trouble: readonly string[];
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

interface Posted {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface PanelOptions {
  readonly theme?: ThemeKind;
  readonly width?: number;
  readonly height?: number;
  readonly state?: unknown;
}

/** One browser and one server for a test file. */
export class Browsing {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
    private readonly pages: Map<string, string>,
  ) {}

  static async start(): Promise<Browsing> {
    const pages = new Map<string, string>();
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const page = pages.get(pathname);
      if (page !== undefined) {
        response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
        return;
      }
      readFile(path.join(dist, 'webview', path.basename(pathname))).then(
        (content) => {
          const type = pathname.endsWith('.css') ? 'text/css' : 'text/javascript';
          response.setHeader('content-type', `${type}; charset=utf-8`).end(content);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await launchBrowser();
    return new Browsing(server, browser, pages);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Opens a panel; it has said `ready` and waits for its first message. */
  async open(name: PanelName, options: PanelOptions = {}): Promise<Panel> {
    const html = webviewPage({
      cspSource: this.origin,
      script: `${this.origin}/${name}.js`,
      style: `${this.origin}/${name}.css`,
      nonce: 'bm9uY2Ugb2YgdGhlIHRlc3Rz',
      title: name,
      language: 'en',
    });
    return this.show(html, { theme: 'vscode-light', ...options });
  }

  /** Opens any page of HTML, with the same instruments. */
  async show(
    html: string,
    options: PanelOptions & { readonly colorScheme?: 'light' | 'dark' } = {},
  ): Promise<Panel> {
    const address = `/page-${this.pages.size}`;
    this.pages.set(address, html);
    const context = await this.browser.newContext({
      viewport: { width: options.width ?? 1000, height: options.height ?? 900 },
      colorScheme: options.colorScheme ?? 'light',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') trouble.push(message.text());
    });
    page.on('pageerror', (error) => trouble.push(String(error)));
    await page.addInitScript(fakeHost, options.state);
    if (options.theme) await page.addInitScript(wearTheme, [options.theme, THEMES[options.theme]] as const);
    await page.goto(this.origin + address);
    const posted = () => page.evaluate(() => window.testHost.posted());
    return {
      page,
      trouble,
      send: (message) => page.evaluate(sendFlat, flatten(message)),
      posted,
      newest: async (type) => {
        let found: Posted | undefined;
        const look = async () => (found = (await posted()).findLast((message) => message.type === type));
        await expect.poll(look).toBeDefined();
        return found!;
      },
      state: () => page.evaluate(() => window.testHost.state),
      setTheme: async (kind) => {
        await page.evaluate(wearTheme, [kind, THEMES[kind]] as const);
        await frames(page);
      },
      accessibility: () => findings(page),
      screenshot: async (file) => {
        await mkdir(shots, { recursive: true });
        await frames(page);
        await page.screenshot({ path: path.join(shots, `${file}.png`), fullPage: true });
      },
      close: () => context.close(),
    };
  }
}

declare global {
  interface Window {
    testHost: {
      state: unknown;
      posted(): Posted[];
    };
    axe: { run(options: unknown): Promise<{ violations: Finding[] }> };
  }
}

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Runs in the page before its scripts: the host that `webview/host.ts` looks for, and a watch on the policy. */
function fakeHost(state: unknown): void {
  const posted: unknown[] = [];
  const host = {
    state,
    posted: () => posted as { type: string }[],
  };
  window.testHost = host;
  Object.assign(window, {
    weightroomHost: {
      postMessage: (message: Record<string, unknown>) => {
        const plain = Object.entries(message).map(([key, value]) => [
          key,
          value instanceof Uint8Array ? Array.from(value) : value,
        ]);
        posted.push(Object.fromEntries(plain));
      },
      getState: () => host.state,
      // A state that cannot be written as JSON would be lost in VS Code.
      setState: (next: unknown) => (host.state = JSON.parse(JSON.stringify(next)) as unknown),
    },
  });
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(
      `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
    );
  });
}

/** Does what VS Code does when the theme changes: variables on the root, the kind on the body. */
function wearTheme([kind, variables]: readonly [string, Readonly<Record<string, string>>]): void {
  const wear = () => {
    const { style } = document.documentElement;
    for (const name of [...style].filter((property) => property.startsWith('--vscode-')))
      style.removeProperty(name);
    for (const [name, value] of Object.entries(variables)) style.setProperty(`--vscode-${name}`, value);
    document.body.classList.remove(
      'vscode-light',
      'vscode-dark',
      'vscode-high-contrast',
      'vscode-high-contrast-light',
    );
    document.body.classList.add(kind);
    // VS Code marks its light high-contrast theme as both.
    if (kind === 'vscode-high-contrast-light') document.body.classList.add('vscode-high-contrast');
    document.body.dataset['vscodeThemeKind'] = kind;
  };
  if (document.querySelector('body')) {
    wear();
    return;
  }
  const observer = new MutationObserver(() => {
    if (!document.querySelector('body')) return;
    observer.disconnect();
    wear();
  });
  observer.observe(document, { childList: true, subtree: true });
}

/** Playwright carries no typed arrays: they travel as marked lists. */
function flatten(value: unknown): unknown {
  if (value instanceof Float64Array) return { $float64: Array.from(value, String) };
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (Array.isArray(value)) return value.map(flatten);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, flatten(entry)]));
  }
  return value;
}

async function sendFlat(message: unknown): Promise<void> {
  const unflatten = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(unflatten);
    if (typeof value !== 'object' || value === null) return value;
    const marked = value as { $float64?: string[]; $number?: string };
    if (marked.$float64) return Float64Array.from(marked.$float64, Number);
    if (marked.$number) return Number(marked.$number);
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unflatten(entry)]));
  };
  // Listeners are called in the order in which they came: when this one is, the panel's has returned.
  const taken = new Promise<void>((resolve) => {
    window.addEventListener('message', () => resolve(), { once: true });
  });
  window.postMessage(unflatten(message), '*');
  await taken;
}

async function findings(page: Page): Promise<readonly string[]> {
  // The debugger is above the page's policy, so axe needs no hole in it.
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(await readFile(path.join(modules, 'axe-core/axe.min.js'), 'utf8'));
  }
  const found = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

/** Lets the page draw: a request for a frame is granted after the one before is painted. */
export async function frames(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}
