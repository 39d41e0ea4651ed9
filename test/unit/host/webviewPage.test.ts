import { describe, expect, it } from 'vitest';
import { webviewPage } from '../../../src/host/panels/webviewPage';

const page = webviewPage({
  cspSource: 'https://*.vscode-cdn.net',
  script: 'https://files/run.js?a=1&b=2',
  style: 'https://files/run.css',
  nonce: 'N0nce',
  title: 'a <b> & "c"',
  language: 'en',
});

describe('webviewPage', () => {
  it('allows our own files and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    expect(policy).toBe(
      "default-src 'none'; script-src 'nonce-N0nce'; style-src https://*.vscode-cdn.net 'nonce-N0nce'; " +
        'font-src https://*.vscode-cdn.net; img-src https://*.vscode-cdn.net data: blob:',
    );
    expect(page).not.toContain('unsafe-');
  });

  it('tells the toolkit the nonce, and has a place for the panel', () => {
    expect(page).toContain('<meta property="csp-nonce" content="N0nce">');
    expect(page).toContain('<main id="app"></main>');
    expect(page).toContain('<script nonce="N0nce" src="https://files/run.js?a=1&amp;b=2"></script>');
  });

  it('escapes what comes from outside', () => {
    expect(page).toContain('<title>a &lt;b&gt; &amp; "c"</title>');
  });
});
