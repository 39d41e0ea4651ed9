/** Addresses of what a page loads, as the webview is allowed to load them. */
export interface PageParts {
  /** `webview.cspSource`: where styles, fonts and images may come from. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Unguessable, new for every page. */
  readonly nonce: string;
  readonly title: string;
  readonly language: string;
}

/**
 * The HTML of a webview: an empty `<main>` for the script to fill, under a policy that allows our own
 * files and nothing else. The toolkit's one inline style takes its nonce from `csp-nonce`.
 */
export function webviewPage(parts: PageParts): string {
  const { cspSource, nonce } = parts;
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data: blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(parts.language)}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
  <meta property="csp-nonce" content="${nonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${attribute(parts.style)}">
  <title>${text(parts.title)}</title>
</head>
<body>
  <main id="app"></main>
  <script nonce="${nonce}" src="${attribute(parts.script)}"></script>
</body>
</html>`;
}

function text(value: string): string {
  return value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function attribute(value: string): string {
  return text(value).replace(/"/g, '&quot;');
}
