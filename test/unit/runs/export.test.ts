import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/math/random';
import { encodeEvent, type RunEvent } from '../../../src/protocol/events';
import type { Series } from '../../../src/protocol/messages';
import { decodeReport, encodeReport, type ReportDocument } from '../../../src/protocol/report';
import type { RunRecord } from '../../../src/protocol/run';
import { createRun } from '../../../src/runs/create';
import { writeCsv } from '../../../src/runs/export/csv';
import { renderHtml, writeHtml } from '../../../src/runs/export/html';
import { runReport } from '../../../src/runs/export/runReport';
import { thinSeries } from '../../../src/runs/export/thin';
import { runFiles } from '../../../src/runs/layout';
import { readRun } from '../../../src/runs/read';
import { temporaryFolder, temporaryWorkspace } from './workspace';

const HOSTILE = '</script><script>alert("1")</script><!-- NaN\u2028';

async function finishedRun(): Promise<RunRecord> {
  const { workspace, spec } = await temporaryWorkspace();
  const folder = await createRun(workspace, spec);
  const kept = { shape: [2, 3], action: 'kept', bits: 32, mse: 0, distortion: 0, iterations: 0 } as const;
  const events: RunEvent[] = [
    { time: 1000, type: 'started', name: HOSTILE },
    { time: 1500, type: 'metrics', step: 1, epoch: 0.5, values: { trainLoss: 0.25 } },
    { time: 2000, type: 'metrics', step: 2, epoch: 1, values: { trainLoss: NaN, 'a,"b"': -Infinity } },
    { time: 2500, type: 'tensor', tensor: { ...kept, name: 'w', snrDb: Infinity, reason: 'small, and 1-D' } },
    { time: 2600, type: 'message', level: 'info', text: 'NaN' },
    { time: 3000, type: 'finished', state: 'done', seconds: 2 },
  ];
  await appendFile(runFiles(folder).journal, events.map((event) => `${encodeEvent(event)}\n`).join(''));
  return readRun(folder);
}

describe('encodeReport', () => {
  it('comes back as it was: columns, numbers that JSON lacks, and texts that look like them', async () => {
    const document: ReportDocument = {
      ...runReport(await finishedRun()),
      subtitle: 'NaN',
    };
    const table = {
      kind: 'table',
      heading: 'Infinity',
      columns: ['NaN'],
      rows: [[NaN], ['NaN'], [-0.5]],
    } as const;
    const whole = { ...document, sections: [...document.sections, table] };
    expect(decodeReport(encodeReport(whole))).toEqual(whole);
  });

  it('cannot end the element that it stands in', () => {
    const text = encodeReport({ title: HOSTILE, subtitle: '', sections: [] });
    expect(text).not.toMatch(/[<\u2028]/);
    expect(decodeReport(text).title).toBe(HOSTILE);
  });
});

describe('the HTML page', () => {
  const assets = {
    script: 'const end = "</script>"; // <!-- $& $1',
    style: 'p::after { content: "</style>" }',
  };

  it('holds the report, and nothing of it is markup', () => {
    const document: ReportDocument = { title: HOSTILE, subtitle: HOSTILE, sections: [] };
    const page = renderHtml(document, assets);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page).toContain('$& $1');
    const json = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)?.[1] ?? '';
    expect(decodeReport(json)).toEqual(document);
  });

  it('allows nothing but its own parts, by a nonce of its own', () => {
    const [first, second] = [1, 2].map(() => renderHtml({ title: '', subtitle: '', sections: [] }, assets));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(first ?? '')?.[1] ?? '';
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(first).toContain(`<script nonce="${nonce}">`);
    expect(first).toContain(`<meta property="csp-nonce" content="${nonce}">`);
    expect(second).not.toContain(nonce);
    expect(first).not.toMatch(/https?:/);
  });

  it('brings its fonts along', async () => {
    const folder = await temporaryFolder();
    const webview = path.join(folder, 'webview');
    await mkdir(webview);
    await writeFile(path.join(webview, 'report.js'), '');
    await writeFile(path.join(webview, 'report.css'), '@font-face { src: url("./icons.ttf?abc") }');
    await writeFile(path.join(webview, 'icons.ttf'), 'font');
    const file = path.join(folder, 'report.html');
    await writeHtml(file, { title: '', subtitle: '', sections: [] }, webview);
    expect(await readFile(file, 'utf8')).toContain('url("data:font/ttf;base64,Zm9udA==")');
    expect((await readdir(folder)).sort()).toEqual(['report.html', 'webview']);
  });

  it('says what is wrong where it cannot be written', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'report.js'), '');
    await writeFile(path.join(folder, 'report.css'), '');
    const document = { title: '', subtitle: '', sections: [] };
    const inFile = path.join(folder, 'report.js', 'report.html');
    await expect(writeHtml(inFile, document, folder)).rejects.toMatchObject({ code: 'folder-not-writable' });
    const unbuilt = path.join(folder, 'none');
    await expect(writeHtml(inFile, document, unbuilt)).rejects.toMatchObject({ code: 'not-built' });
  });
});

describe('writeCsv', () => {
  it('writes one file a table, quoted as it must be', async () => {
    const folder = path.join(await temporaryFolder(), 'new', 'tables');
    const files = await writeCsv(folder, await finishedRun());
    expect(files.map((file) => path.basename(file))).toEqual(['metrics.csv', 'tensors.csv']);
    expect(await readFile(files[0]!, 'utf8')).toBe(
      'step,epoch,seconds,trainLoss,"a,""b"""\r\n1,0.5,0.5,0.25,\r\n2,1,1,NaN,-Infinity\r\n',
    );
    expect(await readFile(files[1]!, 'utf8')).toBe(
      'name,shape,action,reason,bits,mse,distortion,snrDb,iterations\r\n' +
        'w,2x3,kept,"small, and 1-D",32,0,0,Infinity,0\r\n',
    );
  });

  it('says what is wrong where the folder cannot be made', async () => {
    const file = path.join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(writeCsv(file, await finishedRun())).rejects.toMatchObject({
      code: 'folder-not-writable',
      remedy: expect.stringContaining('--csv') as string,
    });
  });

  it('writes what was compared and the tasks', async () => {
    const record = await finishedRun();
    const rows = [
      { method: 'rtn', bits: { nominal: 4, true: 4.16 }, distortion: 0.01, snrDb: 20, seconds: 0.5 },
    ];
    const task = { task: 'Spam, ham', metric: 'accuracy', before: 0.97, after: 0.96, samples: 300 };
    const events: RunEvent[] = [
      ...record.events,
      { time: 4000, type: 'rateDistortion', rows, sampled: { weights: 10, tensors: 1 } },
      { time: 4001, type: 'quality', ...task, higherIsBetter: true },
    ];
    const files = await writeCsv(await temporaryFolder(), { ...record, events });
    expect(files.map((file) => path.basename(file)).slice(2)).toEqual(['rate-distortion.csv', 'quality.csv']);
    expect(await readFile(files[2]!, 'utf8')).toBe(
      'method,nominalBits,trueBits,distortion,snrDb,seconds\r\nrtn,4,4.16,0.01,20,0.5\r\n',
    );
    expect(await readFile(files[3]!, 'utf8')).toBe(
      'task,metric,unit,before,after,higherIsBetter,samples\r\n"Spam, ham",accuracy,,0.97,0.96,true,300\r\n',
    );
  });

  it('writes the figures of a study', async () => {
    const record = await finishedRun();
    const place = { picture: 'Gap', curve: 'rtn', bits: 4.16 };
    const events: RunEvent[] = [
      { time: 1, type: 'figure', row: { what: 'rtn, 4 bits', ours: 4.6, unit: 'dB', place } },
      {
        time: 2,
        type: 'figure',
        row: { what: 'steps', published: '> 9', ours: 8, unit: 'steps', verdict: 'better', note: 'theirs' },
      },
    ];
    const files = await writeCsv(await temporaryFolder(), { ...record, events });
    expect(files.map((file) => path.basename(file))).toEqual(['figures.csv']);
    expect(await readFile(files[0]!, 'utf8')).toBe(
      'what,published,ours,deviation,unit,verdict,note,curve,trueBits\r\n' +
        '"rtn, 4 bits",,4.6,,dB,,,rtn,4.16\r\nsteps,> 9,8,,steps,better,theirs,,\r\n',
    );
  });

  it('writes no table that has no rows', async () => {
    const record = await finishedRun();
    const events = record.events.filter((event) => event.type !== 'tensor');
    const files = await writeCsv(await temporaryFolder(), { ...record, events });
    expect(files.map((file) => path.basename(file))).toEqual(['metrics.csv']);
  });
});

describe('thinSeries', () => {
  function series(values: Float64Array): Series {
    const steps = Float64Array.from(values, (_, i) => i);
    return { name: 'loss', steps, epochs: steps, seconds: steps, values };
  }

  it('keeps the order, the ends of every stretch and the spikes', () => {
    const random = new Random(7);
    const values = Float64Array.from({ length: 5000 }, () => random.normal());
    values[1234] = 100;
    values[4321] = -100;
    const thin = thinSeries(series(values), 200);
    expect(thin.values.length).toBeLessThanOrEqual(200);
    expect(Array.from(thin.values)).toContain(100);
    expect(Array.from(thin.values)).toContain(-100);
    expect(Array.from(thin.steps)).toEqual(Array.from(thin.steps).sort((a, b) => a - b));
    expect(Array.from(thin.values)).toEqual(Array.from(thin.steps, (step) => values[step]));
  });

  it('shows a divergence to NaN', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i < 700 ? 1 / (i + 1) : NaN));
    const thin = thinSeries(series(values), 20);
    expect(Number.isNaN(thin.values.at(-1))).toBe(true);
    expect(thin.values.some((value) => value === 1)).toBe(true);
  });

  it('leaves a short series alone', () => {
    const short = series(Float64Array.of(1, 2, 3));
    expect(thinSeries(short, 3)).toBe(short);
  });
});
