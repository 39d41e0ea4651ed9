import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunView, Series } from '../../protocol/messages';
import { encodeReport, type ReportDocument, type ReportSection } from '../../protocol/report';
import { UserError } from '../../protocol/userError';
import { systemCode, writeError } from '../fileError';
import { thinSeries } from './thin';

/** Points of one curve in a page; the CSV export has them all. */
const POINTS = 10_000;

/** What draws a report: `report.js` and `report.css` of the built webviews, and the fonts beside them. */
export interface ReportAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * Writes `document` as one HTML file that needs nothing else: no network, no server, no other file.
 * @param assets where the built webviews lie; `webview/` beside the running bundle where absent
 * @throws UserError where the file cannot be written, or Weightroom is not built
 */
export async function writeHtml(file: string, document: ReportDocument, assets?: string): Promise<void> {
  const folder = assets ?? path.join(process.env['WEIGHTROOM_DIST'] ?? __dirname, 'webview');
  const page = renderHtml(document, await readAssets(folder));
  const draft = `${file}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(draft, page);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw writeError(error, file, 'another file with --html');
  }
}

/**
 * The page itself. Its policy allows nothing but the two parts that carry this page's nonce, and images
 * and fonts that it holds itself.
 */
export function renderHtml(document: ReportDocument, { script, style }: ReportAssets): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; font-src data:; img-src data: blob:`;
  const report = encodeReport({ ...document, sections: document.sections.map(thinSection) });
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta property="csp-nonce" content="${nonce}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(document.title)}</title>`,
    `<style nonce="${nonce}">${style.replaceAll(/<\/(style)/gi, '<\\/$1')}</style>`,
    '</head>',
    '<body>',
    `<script type="application/json" id="report">${report}</script>`,
    `<script nonce="${nonce}">${escapeScript(script)}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function thinSection(section: ReportSection): ReportSection {
  if (section.kind !== 'runs') return section;
  const long = section.runs.some((run) => seriesOf(run).some(({ values }) => values.length > POINTS));
  if (!long) return section;
  const note = `Of curves with more than ${POINTS} points the lowest and highest of each stretch are drawn; the CSV export has all of them.`;
  return {
    ...section,
    runs: section.runs.map(thinRun),
    note: section.note === undefined ? note : `${section.note} ${note}`,
  };
}

function seriesOf({ series, instruments }: RunView): readonly Series[] {
  return [...series, ...(instruments?.readings ?? []), ...(instruments?.byLayer ?? [])];
}

function thinRun(run: RunView): RunView {
  const { instruments } = run;
  const thin = <S extends Series>(all: readonly S[]) =>
    all.map((series) => ({ ...series, ...thinSeries(series, POINTS) }));
  return {
    ...run,
    series: thin(run.series),
    ...(instruments && {
      instruments: {
        ...instruments,
        ...(instruments.readings && { readings: thin(instruments.readings) }),
        ...(instruments.byLayer && { byLayer: thin(instruments.byLayer) }),
      },
    }),
  };
}

async function readAssets(folder: string): Promise<ReportAssets> {
  try {
    const script = await readFile(path.join(folder, 'report.js'), 'utf8');
    const style = await readFile(path.join(folder, 'report.css'), 'utf8');
    return { script, style: await inlineFonts(style, folder) };
  } catch (error) {
    if (systemCode(error) === '') throw error;
    throw new UserError(
      'not-built',
      `${folder} lacks report.js or report.css, which draw the report.`,
      'Build or install Weightroom again.',
      { cause: error },
    );
  }
}

/** Replaces `url(codicon.ttf?…)` of files beside the style sheet by their content. */
async function inlineFonts(style: string, folder: string): Promise<string> {
  const urls = new Set(
    Array.from(style.matchAll(/url\(["']?([^"')]+\.ttf[^"')]*)["']?\)/g), ([, url]) => url!),
  );
  let inlined = style;
  for (const url of urls) {
    if (url.startsWith('data:')) continue;
    const font = await readFile(path.join(folder, path.basename(url.split(/[?#]/)[0]!)));
    inlined = inlined.replaceAll(url, `data:font/ttf;base64,${font.toString('base64')}`);
  }
  return inlined;
}

/** What would end the element, or open a comment in it, stands in texts of the script only. */
function escapeScript(script: string): string {
  return script.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '\\x3c!--');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
