import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../../src/engine/registry';
import type { RunSummary } from '../../../src/protocol/run';
import { saveModel } from '../loader/saveModel';
import { temporaryFolder } from '../runs/workspace';
import { command, document } from './commandLine';
import { writeExperiment, writeSmallModel } from './files';

const number = expect.any(Number) as number;
const text = expect.any(String) as string;

describe('inspect', () => {
  it('prints the header, and statistics where they are asked for', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    const tensors = [
      { name: 'weight', dtype: 'F32', shape: [64, 256], bytes: 65_536 },
      { name: 'head.weight', dtype: 'F32', shape: [64, 128], bytes: 32_768 },
      { name: 'head.bias', dtype: 'F32', shape: [64], bytes: 256 },
    ];
    const header = {
      format: 'safetensors',
      bytes: (await readFile(model)).length,
      parameters: 64 * (256 + 128 + 1),
      metadata: { format: 'pt' },
    };
    expect(await document(folder, 'inspect', model)).toEqual({ ...header, tensors });
    const stats: unknown = expect.objectContaining({
      mean: number,
      std: number,
      min: number,
      max: number,
      kurtosis: number,
      outlierShare: number,
    });
    expect(await document(folder, 'inspect', '--stats', model)).toEqual({
      ...header,
      tensors: tensors.map((tensor) => ({ ...tensor, stats })),
    });
  });
});

describe('quantize and compare', () => {
  it('writes beside the source without a flag, and never over anything', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    const source = await readFile(model);
    const output = path.join(folder, 'model.w4.safetensors');
    const answer = await document(folder, 'quantize', model);
    expect(answer).toMatchObject({
      run: text,
      output: [output],
      seconds: number,
      bitsPerWeight: { weights: number, file: number },
      distortion: number,
      snrDb: number,
    });
    const { tensors } = answer as { tensors: { name: string; action: string }[] };
    expect(tensors.map(({ name, action }) => [name, action])).toEqual([
      ['weight', 'quantized'],
      ['head.weight', 'quantized'],
      ['head.bias', 'kept'],
    ]);
    for (const tensor of tensors) {
      expect(tensor).toMatchObject({ shape: expect.any(Array) as unknown, bits: number, mse: number });
      expect(tensor).toMatchObject({ distortion: number, iterations: number });
      expect(tensor).not.toHaveProperty('decomposition');
    }
    expect(await readFile(model)).toEqual(source);

    const difference = { mse: number, distortion: number, snrDb: number, maxAbs: number };
    expect(await document(folder, 'compare', model, output)).toEqual({
      added: [],
      removed: [],
      changed: [
        { name: 'weight', shape: [64, 256], ...difference },
        { name: 'head.weight', shape: [64, 128], ...difference },
      ],
      identical: 1,
    });

    const again = await command(folder, 'quantize', model, '--json');
    expect(again.code).toBe(2);
    expect(JSON.parse(again.stdout)).toMatchObject({
      error: { code: 'output-exists', remedy: expect.stringContaining('--force') as string },
    });
    await document(folder, 'quantize', model, '--force');
  });

  it('obeys its flags', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    const flags = ['--method', 'rtn', '--bits', '3', '--form', 'native', '--keep', 'head.*'];
    const output = path.join(folder, 'small.safetensors');
    const answer = await document(folder, 'quantize', model, ...flags, '--out', output, '--seed', '7');
    const { tensors, run } = answer as { tensors: { action: string }[]; run: string };
    expect(tensors.map(({ action }) => action)).toEqual(['quantized', 'kept', 'kept']);
    const spec = await readFile(path.join(folder, '.weightroom', 'runs', run, 'spec.json'), 'utf8');
    expect((JSON.parse(spec) as { spec: unknown }).spec).toMatchObject({
      method: 'rtn',
      bits: 3,
      form: 'native',
      keep: ['head.*'],
      output,
      seed: 7,
    });
    expect(await document(folder, 'compare', model, output)).toMatchObject({
      changed: [{ name: 'weight' }],
      identical: 2,
    });
  });

  it('tries the other methods for the report, unless it is told not to', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    const comparisons = async (...flags: readonly string[]) => {
      const { run } = (await document(folder, 'quantize', model, '--force', ...flags)) as { run: string };
      const journal = await readFile(path.join(folder, '.weightroom', 'runs', run, 'events.jsonl'), 'utf8');
      return journal.split('\n').filter((line) => line.includes('"rateDistortion"')).length;
    };
    expect(await comparisons('--method', 'rtn')).toBeGreaterThan(10);
    expect(await comparisons('--method', 'rtn', '--no-comparison')).toBe(0);
  });

  it('runs a model before and after, unless it is told not to', async () => {
    const folder = await temporaryFolder();
    const { tf } = await loadEngine('cpu');
    const kernelInitializer = tf.initializers.heNormal({ seed: 1 });
    const layer = tf.layers.dense({ units: 64, inputShape: [64], activation: 'softmax', kernelInitializer });
    await saveModel(tf, tf.sequential({ layers: [layer] }), folder);
    const flags = ['--method', 'rtn', '--bits', '3', '--engine', 'cpu', '--no-comparison', '--force'];
    expect(await document(folder, 'quantize', 'model.json', ...flags)).toMatchObject({
      quality: [
        { task: 'Answers to random inputs', metric: '1 − cosine', before: 0, after: number, samples: 32 },
        { metric: 'same top answer', before: 1, after: number, higherIsBetter: true },
      ],
    });
    const { stdout } = await command(folder, 'quantize', 'model.json', ...flags);
    expect(stdout).toMatch(/Quality\s+1 − cosine 0 → 0\.0\d+: Answers to random inputs, 32 samples/);
    expect(await document(folder, 'quantize', 'model.json', ...flags, '--no-quality')).toMatchObject({
      quality: [],
    });
  });

  it('writes a size that was asked for in place of bits', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    const flags = ['--method', 'dependent', '--size', '9kB', '--form', 'native', '--no-comparison'];
    const { output, bitsPerWeight } = (await document(folder, 'quantize', model, ...flags)) as {
      output: string[];
      bitsPerWeight: { weights: number };
    };
    expect(output).toEqual([path.join(folder, 'model.9kB.native.safetensors')]);
    expect(9000 - (await stat(output[0]!)).size).toBeLessThan(8);
    expect(9000 - (await stat(output[0]!)).size).toBeGreaterThanOrEqual(0);
    expect(bitsPerWeight.weights).toBeGreaterThan(2);
    const small = await command(folder, 'quantize', model, ...flags, '--size', '1kB', '--json');
    expect(small.code).toBe(2);
    expect(JSON.parse(small.stdout)).toMatchObject({ error: { code: 'size-not-reachable' } });
  });
});

describe('rate-distortion', () => {
  it('answers with a row for each method and number of bits, and what it sampled', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    const flags = ['--methods', 'rtn,nf4', '--bits', '3,4'];
    const row = { bits: { true: number }, distortion: number, snrDb: number, seconds: number };
    expect(await document(folder, 'rate-distortion', model, ...flags)).toMatchObject({
      rows: [
        { ...row, method: 'rtn', bits: { nominal: 3, true: number } },
        { ...row, method: 'rtn', bits: { nominal: 4, true: number } },
        { ...row, method: 'nf4', bits: { nominal: 4, true: number } },
      ],
      sampled: { weights: 64 * 256 + 64 * 128, tensors: 2 },
    });
    const { stdout } = await command(folder, 'rate-distortion', model, ...flags);
    expect(stdout).toMatch(/^Method +Bits +True bits/);
    expect(stdout.match(/^(rtn|nf4) /gm)!.length).toBe(3);
    expect(stdout).toContain('24.6 k weights of 2 tensors');
    expect(await readdir(folder)).toEqual([path.basename(model)]);
  });
});

describe('run, runs, export, remove', () => {
  it('trains, lists, exports and removes', async () => {
    const folder = await temporaryFolder();
    const experiment = await writeExperiment(folder, 'line.ts');
    const flags = ['--engine', 'cpu', '--epochs', '2', '--set', 'optimizer.learningRate=0.05'];
    const answer = await document(folder, 'run', experiment, ...flags);
    const best = { value: number, step: number };
    expect(answer).toEqual({
      run: text,
      engine: 'cpu',
      state: 'done',
      verdicts: [],
      seconds: number,
      steps: 8,
      final: { trainLoss: number, testLoss: number },
      best: { trainLoss: best, testLoss: best },
    });
    const { run } = answer as { run: string };

    const runs = (await document(folder, 'runs')) as RunSummary[];
    expect(runs).toEqual([
      expect.objectContaining({
        id: run,
        job: 'train',
        name: 'a line',
        state: 'done',
        started: number,
        seconds: number,
        last: expect.objectContaining({ trainLoss: number, testLoss: number }) as unknown,
        folder: path.join(folder, '.weightroom', 'runs', run),
      }),
    ]);
    expect(await document(folder, 'runs', run.slice(-4))).toEqual(runs);
    expect(await document(path.dirname(folder), 'runs', '--workspace', folder)).toEqual(runs);

    const page = path.join(folder, 'report.html');
    const tables = path.join(folder, 'tables');
    const metrics = path.join(tables, 'metrics.csv');
    expect(await document(folder, 'export', run, '--html', page, '--csv', tables)).toEqual({
      files: [page, metrics],
    });
    expect(await readFile(page, 'utf8')).toContain('<title>a line</title>');
    expect(await readFile(metrics, 'utf8')).toMatch(/^step,epoch,seconds,/);

    const resumed = await document(
      folder,
      'run',
      experiment,
      '--engine',
      'cpu',
      '--epochs',
      '3',
      '--resume',
      run,
    );
    expect(resumed).toMatchObject({ state: 'done', steps: 12 });

    expect(await document(folder, 'cancel', run)).toEqual({ id: run, state: 'done' });
    expect(await document(folder, 'remove', run)).toEqual({ id: run, state: 'removed' });
    expect((await document(folder, 'runs')) as unknown[]).toHaveLength(1);
  });

  it('reports a fault of the experiment with its line, and exits with 2', async () => {
    const folder = await temporaryFolder();
    const experiment = await writeExperiment(folder, 'broken.ts', "throw new Error('no such layer');");
    const { code, stdout } = await command(folder, 'run', experiment, '--engine', 'cpu', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'experiment-threw', message: expect.stringContaining('broken.ts:11') as string },
    });
    expect(await document(folder, 'runs')).toMatchObject([{ state: 'failed' }]);
  });
});

describe('study', () => {
  it('lists the studies, and prints published figures beside ours', async () => {
    const folder = await temporaryFolder();
    const list = await document(folder, 'study');
    expect(list).toContainEqual({ study: 'kashin/transforms', title: text });
    const answer = await document(folder, 'study', 'kashin/transforms', '--quick', '--seed', '2');
    expect(answer).toMatchObject({ study: 'kashin/transforms', run: text, seconds: number });
    const { rows, run } = answer as { rows: unknown[]; run: string };
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) {
      expect(row).toMatchObject({ what: text, published: number, ours: number, unit: text, verdict: text });
    }
    expect(await document(folder, 'runs', run)).toMatchObject([
      {
        id: run,
        job: 'study',
        name: 'kashin/transforms, quick',
        state: 'done',
        last: { figures: rows.length },
      },
    ]);
  });
});

describe('engines', () => {
  it('lists every engine with its reason', async () => {
    const engines = await document(await temporaryFolder(), 'engines');
    expect(engines).toEqual(
      ['tensorflow', 'wasm', 'cpu'].map((id) => ({
        id,
        usable: expect.any(Boolean) as boolean,
        reason: text,
        device: text,
        version: text,
      })),
    );
  });
});

describe('every command', () => {
  it.each([
    [['quantize', 'm.safetensors', '--frobnicate'], '--frobnicate', '--method'],
    [['quantize', 'm.safetensors', '--bits', '9'], '--bits', 'from 1 to 8'],
    [['quantize', 'm.safetensors', '--bits', 'four'], '--bits', 'from 1 to 8'],
    [['quantize', 'm.safetensors', '--method', 'rtn', '--bits', '2.5'], '--bits 2.5', 'with rtn: 2, 3, 4'],
    [['quantize', 'm.safetensors', '--size', 'small'], '--size', '12MB'],
    [['quantize', 'm.safetensors', '--method', 'rtn', '--size', '5MB'], '--size', '--method rtn'],
    [['quantize', 'm.safetensors', '--size', '5MB', '--bits', '4'], '--bits and --size', 'one of them'],
    [['quantize', 'm.safetensors', '--preset', 'slow'], '--preset', 'fast, balanced, thorough'],
    [['quantize', 'm.safetensors', '--grouping', 'row'], '--grouping', 'group, channel'],
    [['quantize', 'm.safetensors', '--range', 'all'], '--range', 'mse, absmax'],
    [['quantize', 'm.safetensors', '--calibration', 'absent.txt'], '--calibration', 'Check the path'],
    [['quantize', 'm.safetensors', '--method', 'magic'], '--method', 'kashin-greedy, kashin-alternating'],
    [
      ['quantize', 'm.safetensors', '--method', 'kashin-alternating', '--bits', '3'],
      '--bits',
      'kashin-alternating: 4',
    ],
    [['quantize', 'm.safetensors', '--codebook', 'joint'], '--codebook', 'kashin-greedy'],
    [
      ['quantize', 'm.safetensors', '--method', 'kashin-greedy', '--bits', '3', '--codebook', 'separate'],
      '--codebook',
      '4 bits',
    ],
    [['quantize', 'm.safetensors', '--form', 'zip'], '--form', 'portable, native'],
    [['rate-distortion', 'm.safetensors', '--methods', 'rtn,magic'], '--methods', 'rtn'],
    [['rate-distortion', 'm.safetensors', '--bits', '3,9'], '--bits', 'from 1 to 8'],
    [['rate-distortion', 'm.safetensors', '--methods', 'rtn', '--bits', '2.5'], '--bits 2.5', 'with rtn'],
    [['rate-distortion', 'absent.safetensors'], 'absent.safetensors', 'path'],
    [['quantize', 'absent.safetensors'], 'absent.safetensors', 'path'],
    [['quantize'], 'file', '--help'],
    [['calibrate', 'a.ts'], 'weights', '--weights'],
    [['calibrate', 'a.ts', '--weights', 'm.safetensors', '--text', 't.txt'], '--text', 'out'],
    [['calibrate', 'model.json', '--weights', 'm.safetensors'], '--weights', 'out'],
    [['run', 'absent.ts'], 'absent.ts', 'path'],
    [['run', 'a.ts', '--epochs', '0'], '--epochs', 'at least 1'],
    [['run', 'a.ts', '--set', 'epochs'], '--set', 'path=value'],
    [['run', 'a.ts', '--engine', 'abacus'], '--engine', 'tensorflow, wasm, cpu'],
    [['run', 'a.ts', '--device', 'tpu'], '--device', 'cpu'],
    [['run', 'a.ts', '--seed', '-1'], '--seed', 'from 0'],
    [['run', 'a.ts', '--threads', '0'], '--threads', 'from 1'],
    [['sweep', 'a.ts'], '--grid or --random', '--help'],
    [['sweep', 'a.ts', '--grid', 'batchSize'], '--grid', 'path='],
    [['sweep', 'a.ts', '--grid', 'batchSize=1,,2'], '--grid', 'a,b,c'],
    [['sweep', 'a.ts', '--random', 'batchSize=8..4'], '--random', 'low below high'],
    [['sweep', 'a.ts', '--random', 'batchSize=0..4:log'], '--random', 'low above 0'],
    [['sweep', 'a.ts', '--grid', 'batchSize=1,2', '--trials', '3'], '--trials', '--seeds'],
    [['sweep', 'a.ts', '--grid', 'batchSize=1,2', '--minimize'], '--minimize', '--metric'],
    [['sweep', 'a.ts', '--grid', 'batchSize=1', '--metric', 'testError'], 'testError', '--minimize'],
    [['sweep', 'a.ts', '--grid', 'seed=1,2', '--seeds', '2'], 'seed', 'one of the two'],
    [['sweep', 'a.ts', '--grid', 'seed=1,2', '--grid', 'seed=3'], 'seed twice', 'one of the two'],
    [
      ['sweep', 'a.ts', '--grid', 'batchSize=1', '--seeds', '9999', '--random', 'epochs=1..9'],
      'trials',
      'fewer',
    ],
    [['sweep', 'absent.ts', '--grid', 'batchSize=1'], 'absent.ts', 'path'],
    [['runs', 'nothing'], 'nothing', 'weightroom runs'],
    [['cancel', 'nothing'], 'nothing', 'weightroom runs'],
    [['remove', 'nothing'], 'nothing', 'weightroom runs'],
    [['export', 'nothing'], 'Nothing to write', '--html'],
    [['engines', 'install', 'cpu'], 'cpu', 'tensorflow'],
    [['inspect', 'absent.safetensors'], 'absent.safetensors', 'path'],
    [['compare', 'absent.safetensors'], 'after', '--help'],
    [['dance'], 'dance', '--help'],
    [[], 'command', 'quantize'],
  ])('exits with 2 and says what is allowed: %j', async (args, named, allowed) => {
    const folder = await temporaryFolder();
    const json = await command(folder, ...args, '--json');
    expect(json.code).toBe(2);
    const { error } = JSON.parse(json.stdout) as { error: Record<'code' | 'message' | 'remedy', string> };
    expect(error.code).toMatch(/^[a-z-]+$/);
    expect(error.message).toContain(named);
    expect(`${error.message} ${error.remedy}`).toContain(allowed);
    const plain = await command(folder, ...args);
    expect(plain.code).toBe(2);
    expect(plain.stdout).toBe('');
    expect(plain.stderr).toContain(error.message);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    '',
    'inspect',
    'quantize',
    'compare',
    'rate-distortion',
    'run',
    'sweep',
    'runs',
    'cancel',
    'remove',
    'engines',
    'engines install',
    'export',
  ])('explains itself with an example: weightroom %s --help', async (name) => {
    const words = name.split(' ').filter(Boolean);
    const { code, stdout } = await command(await temporaryFolder(), ...words, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Example:\n {2}weightroom /);
    expect(stdout).toContain('--json');
    expect(stdout).toContain('--workspace');
    const usage = /^Usage: (.*)$/m.exec(stdout)![1]!;
    for (const argument of usage.match(/[<[](?!options|command)\w+[>\]]/g) ?? []) {
      expect(stdout).toMatch(new RegExp(`^  ${argument.slice(1, -1)} +\\S`, 'm'));
    }
    expect(stdout).not.toContain('{}');
  });

  it('prints tables without colours into a pipe, and progress on standard error', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    const loud = await command(folder, 'quantize', model);
    expect(loud.code).toBe(0);
    expect(loud.stdout).toContain('head.weight');
    expect(`${loud.stdout}${loud.stderr}`).not.toContain('\u001b');
    expect(loud.stdout).not.toContain(' %');
    const output = path.join(folder, 'model.w4.safetensors');
    for (const args of [
      ['inspect', model, '--stats'],
      ['compare', model, output],
    ]) {
      expect((await command(folder, ...args)).stderr).toMatch(/^0 % {2}weight\n/);
      expect((await command(folder, ...args, '--quiet')).stderr).toBe('');
    }
  });

  it('says that runs cannot be written there', async () => {
    const folder = await temporaryFolder();
    const model = await writeSmallModel(folder);
    await writeFile(path.join(folder, 'file'), '');
    const { code, stdout } = await command(folder, 'quantize', model, '--workspace', 'file', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'folder-not-writable' } });
  });
});
