import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { webviewPage } from './webviewPage';

/** The bundles of `webview/` that make a page each. */
export type PageName = 'run' | 'comparison' | 'quantization' | 'launcher' | 'explorer';

/** What a webview of this extension may do: run its script, and load our files. */
export function webviewOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: [vscode.Uri.joinPath(extension, 'dist'), vscode.Uri.joinPath(extension, 'media')],
  };
}

/** Loads a page of `dist/webview` into a webview, with a nonce of its own. */
export function loadPage(
  webview: vscode.Webview,
  extension: vscode.Uri,
  page: PageName,
  title: string,
): void {
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview', name)).toString();
  webview.html = webviewPage({
    cspSource: webview.cspSource,
    script: file(`${page}.js`),
    style: file(`${page}.css`),
    nonce: randomBytes(16).toString('base64url'),
    title,
    language: vscode.env.language,
  });
}
