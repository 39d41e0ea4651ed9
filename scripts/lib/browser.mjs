// Chromium under Playwright, as the tests and the pictures of the documentation use it.
import { chromium } from 'playwright-core';
import { installChromium } from './chromium.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Launches a Chromium without a window; the caller closes it. */
export async function launchBrowser() {
  return chromium.launch({ executablePath: await installChromium(), args: FLAGS });
}
