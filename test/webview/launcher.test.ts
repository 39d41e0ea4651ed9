import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listedBits } from '../../src/protocol/jobSpec';
import type { LauncherState } from '../../src/protocol/messages';
import { Browsing, type Panel, type PanelOptions } from './page/browser';
import { THEME_KINDS } from './page/themes';

const STATE: LauncherState = {
  trusted: true,
  experiments: [
    { path: '/home/ada/project/mnist-mlp.ts', label: 'mnist-mlp.ts' },
    { path: '/home/ada/project/mnist-cnn.ts', label: 'mnist-cnn.ts' },
  ],
  models: [
    { path: '/home/ada/project/models/tiny.safetensors', label: 'models/tiny.safetensors' },
    { path: '/home/ada/project/encoder/model.json', label: 'encoder/model.json' },
  ],
  engines: [
    {
      id: 'tensorflow',
      usable: false,
      reason: 'libtensorflow is not installed: install it in the Engines view.',
      device: '',
      version: '',
    },
    {
      id: 'wasm',
      usable: true,
      reason: 'Part of Weightroom.',
      device: 'CPU, 2 threads (SIMD)',
      version: '4.22.0',
    },
    { id: 'cpu', usable: true, reason: 'Part of Weightroom.', device: 'CPU, 1 thread', version: '4.22.0' },
  ],
  engine: 'best',
};

let browsing: Browsing;
let panel: Panel;

beforeAll(async () => {
  browsing = await Browsing.start();
});
afterAll(() => browsing.stop());
afterEach(() => panel.close());

async function open(state = STATE, options: PanelOptions = {}): Promise<Panel> {
  panel = await browsing.open('launcher', { width: 300, height: 760, ...options });
  await panel.send({ type: 'state', state });
  await panel.page.getByRole('button', { name: 'Run', exact: true }).waitFor();
  return panel;
}

const run = () => panel.page.getByRole('button', { name: 'Run', exact: true }).click();
const spec = async () => (await panel.posted()).find(({ type }) => type === 'run')?.['spec'];

async function choose(field: string, option: string): Promise<void> {
  await panel.page.getByRole('combobox', { name: field }).click();
  await panel.page.getByRole('option', { name: option, exact: true }).click();
}

const openMore = () => panel.page.locator('summary:visible', { hasText: 'More' }).click();
const fields = () => panel.page.locator('.label:visible, vscode-checkbox:visible').allInnerTexts();

test('sends what trains the first experiment on the best engine', async () => {
  await open();
  await run();
  await expect.poll(spec).toEqual({
    job: 'train',
    experiment: '/home/ada/project/mnist-mlp.ts',
    engine: 'best',
    overrides: {},
  });
});

test('sends a sweep: what its trials have in common, and what it varies', async () => {
  const { page } = await open();
  await page.getByRole('radio', { name: 'Sweep' }).click();
  await expect.poll(() => page.getByText('Say what to vary.').isVisible()).toBe(true);
  await page.getByRole('textbox', { name: 'Epochs' }).fill('2');
  const axes = page.getByRole('textbox', { name: 'What to vary' });
  await axes.fill('batchSize=32,128\noptimizer.learningRate=1e-4..1e-1:log');
  await page.getByRole('textbox', { name: 'Draws' }).fill('4');
  await page.getByRole('textbox', { name: 'Seeds' }).fill('3');
  await run();
  await expect.poll(spec).toEqual({
    job: 'sweep',
    trial: {
      job: 'train',
      experiment: '/home/ada/project/mnist-mlp.ts',
      engine: 'best',
      overrides: {},
      epochs: 2,
    },
    axes: [
      { kind: 'grid', path: 'batchSize', values: [32, 128] },
      { kind: 'random', path: 'optimizer.learningRate', low: 1e-4, high: 0.1, scale: 'log', whole: false },
    ],
    draws: 4,
    seeds: 3,
    jobs: 1,
  });
  await axes.fill('batchSize');
  await run();
  await expect.poll(() => page.getByText('is no axis of a sweep').isVisible()).toBe(true);
});

test('sends every field of a training', async () => {
  const { page } = await open();
  await choose('Experiment', 'mnist-cnn.ts');
  await choose('Engine', 'WebAssembly');
  await page.getByRole('textbox', { name: 'Epochs' }).fill('3');
  await page.getByRole('textbox', { name: 'Step limit' }).fill('200');
  await page.getByRole('textbox', { name: 'Seed' }).first().fill('42');
  await choose('Steps', 'Op by op');
  await choose('Instruments', 'Gradients');
  await page
    .getByRole('textbox', { name: /Settings/ })
    .fill('optimizer.learningRate=0.01\n\nmodel.bias = true\nname=two words');
  await run();
  await expect.poll(spec).toEqual({
    job: 'train',
    experiment: '/home/ada/project/mnist-cnn.ts',
    engine: 'wasm',
    epochs: 3,
    maxSteps: 200,
    seed: 42,
    overrides: {
      compile: 'off',
      instruments: 'economy',
      'optimizer.learningRate': 0.01,
      'model.bias': true,
      name: 'two words',
    },
  });
});

test('explains the engine, and offers none that cannot be used', async () => {
  const { page } = await open();
  await page.getByText('WebAssembly 4.22.0 on CPU, 2 threads (SIMD).').first().waitFor();
  await page.getByRole('combobox', { name: 'Engine' }).click();
  const option = page.getByRole('option', { name: 'TensorFlow (cannot be used)' });
  await expect.poll(() => option.getAttribute('aria-disabled')).toBe('true');
});

test('takes the engine of the settings until one is chosen here', async () => {
  await open({ ...STATE, engine: 'cpu' });
  await run();
  await expect.poll(spec).toMatchObject({ engine: 'cpu' });
  await choose('Engine', 'WebAssembly');
  const state = await panel.state();
  await panel.close();
  await open({ ...STATE, engine: 'cpu' }, { state });
  await run();
  await expect.poll(spec).toMatchObject({ engine: 'wasm' });
});

test('takes the experiment that is likely meant until one is chosen here', async () => {
  const [mlp, cnn] = STATE.experiments.map(({ path }) => path);
  await open({ ...STATE, experiment: cnn! });
  await run();
  await expect.poll(spec).toMatchObject({ experiment: cnn });
  await choose('Experiment', 'mnist-mlp.ts');
  const state = await panel.state();
  await panel.close();
  await open({ ...STATE, experiment: cnn! }, { state });
  await run();
  await expect.poll(spec).toMatchObject({ experiment: mlp });
});

test('sets another optimizer over the experiment’s own, and tells what its numbers do', async () => {
  const { page } = await open();
  await choose('Optimizer', 'Momentum');
  await page.getByText('Along a steady slope the step grows to η / (1 − μ).').waitFor();
  await page.getByRole('textbox', { name: 'Learning rate η' }).fill('0.02');
  await page.getByRole('textbox', { name: 'Momentum μ' }).fill('0.95');
  await page.getByText('η / (1 − μ) = 0.4000.').waitFor();
  await page.getByText('0.950 remembers about 20 steps.').waitFor();
  await panel.screenshot('launcher-optimizer-light');
  const state = await panel.state();
  await panel.close();
  await open(STATE, { state });
  await run();
  await expect.poll(spec).toMatchObject({
    overrides: {
      'optimizer.name': 'momentum',
      'optimizer.learningRate': 0.02,
      'optimizer.momentum': 0.95,
    },
  });
});

describe('below More of a training', () => {
  const write = (field: string, text: string) =>
    panel.page.getByRole('textbox', { name: field, exact: true }).fill(text);
  const trainFields = [
    'Warm-up steps',
    'Fall of the learning rate',
    'Longest gradient',
    'Mean of the weights',
    'Parts of a batch',
    'Weight decay λ',
    'Last layer apart, rate α',
    'Pull of the last layer',
  ];

  async function openTrainMore(options: PanelOptions = {}): Promise<Panel['page']> {
    const { page } = await open(STATE, options);
    await openMore();
    return page;
  }

  async function shown(): Promise<readonly string[]> {
    const all = await fields();
    return all.slice(all.indexOf('Instruments') + 1, -1);
  }

  test('the learning rate rises and falls, gradients are clipped, weights averaged, batches parted', async () => {
    const page = await openTrainMore({ height: 1500 });
    await expect.poll(shown).toEqual(trainFields);
    await write('Warm-up steps', '100');
    await page.getByText('Rises from 0.01000 of the rate to the whole rate over 100 steps.').waitFor();
    await choose('Optimizer', 'Gradient descent (SGD)');
    await write('Learning rate η', '0.5');
    await page.getByText('Rises from 0.005000 to 0.5000 over 100 steps.').waitFor();
    await choose('Fall of the learning rate', 'Cosine');
    await write('Share at the end', '0.1');
    await page.getByText('Falls from 0.5000 to 0.05000.').waitFor();
    await write('Longest gradient', '2');
    await page.getByText('No step is longer than η times it: 1.').waitFor();
    await write('Mean of the weights', '0.999');
    await page.getByText('Tested and saved with a mean over about 1,000 steps.').waitFor();
    await write('Parts of a batch', '4');
    await page.getByText('The same step with 1/4 of the batch in memory at a time').waitFor();
    await panel.screenshot('launcher-train-more-filled');
    const state = await panel.state();
    await panel.close();
    await open(STATE, { state });
    await run();
    await expect.poll(spec).toMatchObject({
      overrides: {
        'optimizer.name': 'sgd',
        'optimizer.learningRate': 0.5,
        'schedule.warmup': 100,
        'schedule.decay': 'cosine',
        'schedule.to': 0.1,
        clipNorm: 2,
        averageWeights: 0.999,
        accumulate: 4,
      },
    });
  });

  test('a rate that falls in steps has other fields, and only what is in sight is sent', async () => {
    const page = await openTrainMore();
    await choose('Fall of the learning rate', 'Linear');
    await write('Share at the end', '0.5');
    await choose('Fall of the learning rate', 'In steps');
    await expect
      .poll(shown)
      .toEqual([
        ...trainFields.slice(0, 2),
        'Steps of the falls',
        'Factor of a fall',
        ...trainFields.slice(2),
      ]);
    await write('Steps of the falls', '3000, 4500');
    await page.getByText('Falls 2 times.').waitFor();
    await write('Weight decay λ', '0');
    await page.getByText('Weights do not decay.').waitFor();
    await run();
    await expect.poll(spec).toMatchObject({
      overrides: { 'schedule.decay': 'steps', 'schedule.at': '3000,4500', 'optimizer.weightDecay': 0 },
    });
    await choose('Optimizer', 'Adam');
    await expect.poll(shown).not.toContain('Weight decay λ');
    await openMore();
    await page.getByText('2 changed').waitFor();
  });

  test('the last layer is moved apart, and curvature is measured more or less often', async () => {
    const page = await openTrainMore({ height: 1500 });
    await choose('Optimizer', 'NAG-GS, curvature measured');
    await expect.poll(shown).toContain('Steps between measurements');
    await write('Steps between measurements', '50');
    await page.getByText('In the end every 50 steps').waitFor();
    await write('Last layer apart, rate α', '0.3');
    await page.getByText('as long as a step of SGD at 0.3000').waitFor();
    await write('Pull of the last layer', '0.1');
    await page.getByText('divided by 0.1000').waitFor();
    await run();
    await expect.poll(spec).toMatchObject({
      overrides: {
        'optimizer.name': 'nag-gs',
        'optimizer.measureEvery': 50,
        'lastLayer.learningRate': 0.3,
        'lastLayer.pull': 0.1,
      },
    });
  });

  test.each([
    ['Warm-up steps', '0.5', 'Warm-up steps should be a whole number from 1'],
    ['Longest gradient', '0', 'Longest gradient should be a number above 0'],
    ['Mean of the weights', '1', 'Mean of the weights should be a number from 0 up to, but not including, 1'],
    ['Weight decay λ', '-1', 'Weight decay λ should be a number of at least 0'],
  ])('refuses %s = %s', async (field, text, message) => {
    const page = await openTrainMore();
    await write(field, text);
    await run();
    await page.getByText(message).waitFor();
    expect(await spec()).toBeUndefined();
  });
});

test('refuses a parameter that no optimizer takes', async () => {
  const { page } = await open();
  await choose('Optimizer', 'Adam');
  await page.getByRole('textbox', { name: 'β₁' }).fill('1');
  await run();
  await page.getByText('β₁ should be a number between 0 and 1, not “1”.').waitFor();
  expect(await spec()).toBeUndefined();
});

test('keeps Run in sight where the form is taller than the view', async () => {
  const { page } = await open(STATE, { height: 320 });
  const button = page.getByRole('button', { name: 'Run', exact: true });
  const box = (await button.boundingBox())!;
  expect(box.y + box.height).toBeLessThanOrEqual(320);
  await choose('Optimizer', 'Adam');
  const last = page.getByRole('textbox', { name: /Settings/ });
  await last.focus();
  const field = (await last.boundingBox())!;
  expect(field.y + field.height).toBeLessThanOrEqual((await button.boundingBox())!.y);
});

test('cuts no label, however narrow the view', async () => {
  const { page } = await open(STATE, { width: 200 });
  await choose('Optimizer', 'Adam');
  for (const job of ['Train', 'Quantize']) {
    await page.getByRole('radio', { name: job }).check();
    const cut = await page.locator('.label:visible').evaluateAll((labels) =>
      labels.flatMap((label) => {
        const fits = label.scrollHeight <= label.clientHeight && label.scrollWidth <= label.clientWidth;
        const below = label.nextElementSibling!.getBoundingClientRect().top;
        return fits && label.getBoundingClientRect().bottom <= below ? [] : [label.textContent];
      }),
    );
    expect(cut).toEqual([]);
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
      .toBeLessThanOrEqual(200);
  }
});

test('sends a quantization without an output, which the host names', async () => {
  const { page } = await open();
  await page.getByRole('radio', { name: 'Quantize' }).check();
  await page.getByText('The least error for any number of bits').waitFor();
  await run();
  await expect.poll(spec).toEqual({
    job: 'quantize',
    input: '/home/ada/project/models/tiny.safetensors',
    output: '',
    force: false,
    method: 'dependent',
    bits: 4,
    preset: 'balanced',
    form: 'portable',
    grouping: 'group',
    groupSize: 128,
    range: 'mse',
    comparison: true,
    quality: true,
    keep: [],
    seed: 1,
  });
});

test('offers the bits of the chosen method, and explains each choice', async () => {
  const { page } = await open();
  await page.getByRole('radio', { name: 'Quantize' }).check();
  await choose('Method', 'Kashin decomposition, greedy');
  await page.getByText('splits each tensor into two flat factors').waitFor();
  await choose('Method', 'Round to nearest');
  await page.getByText('the simple baseline').waitFor();
  await page.getByRole('combobox', { name: 'Bits a weight' }).click();
  await page.getByRole('option', { name: '3 bits' }).waitFor();
  await expect
    .poll(() => page.getByRole('option', { name: /\d bits/ }).count())
    .toBe(listedBits('rtn').length);
  await page.getByRole('option', { name: '3 bits' }).click();
  await page.getByText('Packed, 10.7 times smaller than float32').waitFor();
  await choose('What to write', 'Packed file');
  await page.getByText('as small as the bits say').waitFor();
  await openMore();
  await page.getByRole('textbox', { name: 'Keep unchanged' }).fill('*.norm.*\nhead.*');
  await run();
  await expect.poll(spec).toMatchObject({
    method: 'rtn',
    bits: 3,
    form: 'native',
    groupSize: 128,
    keep: ['*.norm.*', 'head.*'],
  });
  await panel.screenshot('launcher-quantize-light');
});

test('takes any number of bits or a size, and a preset, where the method does', async () => {
  const { page } = await open();
  await page.getByRole('radio', { name: 'Quantize' }).check();
  const target = page.getByRole('textbox', { name: 'Bits a weight, or a size' });
  await target.fill('2.5');
  await page.getByText('All counted, 12.8 times smaller than float32 when packed.').waitFor();
  await choose('How long to search', 'Thorough');
  await page.getByText('whatever it takes').waitFor();
  await run();
  await expect.poll(spec).toMatchObject({ bits: 2.5, preset: 'thorough', form: 'portable' });
  await expect.poll(spec).not.toHaveProperty('size');
  await target.fill('3 MB');
  await page.getByText('The packed file, to the byte or just below.').waitFor();
  await expect.poll(() => page.getByRole('combobox', { name: 'What to write' }).isVisible()).toBe(false);
  const state = await panel.state();
  await panel.close();
  await open(STATE, { state });
  await run();
  await expect.poll(spec).toMatchObject({ size: 3_000_000, form: 'native', preset: 'thorough' });
});

describe('below More', () => {
  async function openQuantize(state?: PanelOptions['state']): Promise<Panel['page']> {
    const { page } = await open(STATE, state === undefined ? {} : { state });
    await page.getByRole('radio', { name: 'Quantize' }).check();
    await openMore();
    return page;
  }

  test.each([
    ['Dependent quantization', ['Calibration', 'Keep unchanged', 'Seed']],
    ['Round to nearest', ['Where the levels end', 'What shares a scale', 'Group size', 'Calibration']],
    [
      'Kashin decomposition, greedy',
      ['Codebook', 'Transform Q', 'What shares a scale', 'Group size', 'Calibration'],
    ],
    ['k-means', ['Calibration', 'Keep unchanged', 'Seed']],
  ])('%s has the fields that belong to it', async (method, expected) => {
    const page = await openQuantize();
    await choose('Method', method);
    const belowForm = async () => {
      const all = await fields();
      return all.slice(all.indexOf('What to write') + 1);
    };
    await expect.poll(async () => (await belowForm()).slice(0, expected.length)).toEqual(expected);
    expect(await belowForm()).not.toContain('Engine');
    await choose('Model', 'encoder/model.json');
    await expect.poll(fields).toContain('Engine');
    await expect.poll(fields).toContain('Compare the model’s answers');
    await page.getByText('WebAssembly 4.22.0 on CPU, 2 threads').last().waitFor();
  });

  test('everything that is chosen is in what is sent', async () => {
    const page = await openQuantize();
    await choose('Model', 'encoder/model.json');
    await choose('Method', 'Kashin decomposition, greedy');
    await choose('Codebook', 'Separate');
    await choose('Transform Q', 'Rows and columns');
    await choose('What shares a scale', 'Weights of one output');
    await choose('Calibration', 'Random inputs');
    await choose('Engine', 'WebAssembly');
    await page.getByRole('textbox', { name: 'Seed' }).fill('7');
    await page.getByRole('checkbox', { name: 'Compare with other methods' }).click();
    await page.getByRole('checkbox', { name: 'Compare the model’s answers' }).click();
    await run();
    await expect.poll(spec).toEqual({
      job: 'quantize',
      input: '/home/ada/project/encoder/model.json',
      output: '',
      force: false,
      method: 'kashin-greedy',
      bits: 4,
      preset: 'balanced',
      form: 'portable',
      grouping: 'channel',
      groupSize: 4096,
      range: 'mse',
      codebook: 'separate',
      transform: 'kronecker',
      calibration: 'random',
      engine: 'wasm',
      comparison: false,
      quality: false,
      keep: [],
      seed: 7,
    });
  });

  test('rtn takes a range and a group size', async () => {
    const page = await openQuantize();
    await choose('Method', 'Round to nearest');
    await choose('Where the levels end', 'At the largest weight');
    await page.getByText('Nothing is clipped').waitFor();
    await page.getByRole('textbox', { name: 'Group size' }).fill('64');
    await run();
    await expect
      .poll(spec)
      .toMatchObject({ method: 'rtn', range: 'absmax', grouping: 'group', groupSize: 64 });
  });

  test('what was chosen for one method is not sent with another', async () => {
    await openQuantize();
    await choose('Method', 'Kashin decomposition, greedy');
    await choose('Codebook', 'Separate');
    await choose('What shares a scale', 'Weights of one output');
    await choose('Method', 'Dependent quantization');
    await run();
    await expect.poll(spec).toMatchObject({ method: 'dependent', grouping: 'group', groupSize: 128 });
    await expect.poll(spec).not.toHaveProperty('codebook');
  });

  test('offers a separate codebook at 4 bits alone', async () => {
    const page = await openQuantize();
    await choose('Method', 'Kashin decomposition, greedy');
    await choose('Codebook', 'Separate');
    await choose('Bits a weight', '3 bits');
    await page.getByRole('combobox', { name: 'Codebook' }).click();
    await expect.poll(() => page.getByRole('option', { name: 'Separate' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await run();
    await expect.poll(spec).toMatchObject({ bits: 3 });
    await expect.poll(spec).not.toHaveProperty('codebook');
  });

  test('calibrates with a file that the host finds', async () => {
    const page = await openQuantize();
    await choose('Model', 'encoder/model.json');
    await page.getByText('On random tokens, where the model reads text.').waitFor();
    await choose('Calibration', 'Text or statistics file');
    await run();
    await page.getByText('Calibration file is empty.').waitFor();
    expect(await spec()).toBeUndefined();
    await page.getByRole('button', { name: 'Browse…' }).last().click();
    await expect.poll(() => panel.posted()).toContainEqual({ type: 'browseCalibration' });
    await panel.send({ type: 'calibrationFile', path: '/home/ada/mails.txt' });
    await page.getByText('Calibration file is empty.').waitFor({ state: 'hidden' });
    await run();
    await expect.poll(spec).toMatchObject({ calibration: '/home/ada/mails.txt' });
  });

  test('a model without its program takes statistics, and no random inputs', async () => {
    const page = await openQuantize();
    await page.getByRole('combobox', { name: 'Calibration' }).click();
    await expect.poll(() => page.getByRole('option', { name: 'Random inputs' }).count()).toBe(0);
    await page.getByRole('option', { name: 'Statistics file' }).waitFor();
  });

  test('says in a word what is changed while it is folded, and is kept over a reload', async () => {
    const page = await openQuantize();
    await page.getByRole('textbox', { name: 'Seed' }).fill('7');
    await page.getByRole('checkbox', { name: 'Compare with other methods' }).click();
    await openMore();
    await page.getByText('2 changed').waitFor();
    const state = await panel.state();
    await panel.close();
    await open(STATE, { state });
    await panel.page.getByText('2 changed').waitFor();
    await run();
    await expect.poll(spec).toMatchObject({ seed: 7, comparison: false });
  });

  test('refuses a group size that no method takes', async () => {
    const page = await openQuantize();
    await choose('Method', 'Round to nearest');
    await page.getByRole('textbox', { name: 'Group size' }).fill('7');
    await run();
    await page.getByText('Group size should be a whole number from 32 to 16777216, not “7”.').waitFor();
    expect(await spec()).toBeUndefined();
  });
});

test('refuses what is neither bits nor a size', async () => {
  const { page } = await open();
  await page.getByRole('radio', { name: 'Quantize' }).check();
  await page.getByRole('textbox', { name: 'Bits a weight, or a size' }).fill('nine');
  await run();
  await page.getByText('“nine” is neither a number of bits nor a size').waitFor();
  expect(await spec()).toBeUndefined();
});

test('what an earlier version kept of the form gets the rest from the defaults', async () => {
  await open(STATE, { state: { job: 'quantize', quantize: { method: 'dependent', bits: '4' } } });
  await run();
  await expect.poll(spec).toMatchObject({ method: 'dependent', bits: 4, preset: 'balanced' });
});

test.each([
  ['Epochs', 'many', 'Epochs should be a whole number'],
  ['Seed', '-1', 'Seed should be a whole number'],
  ['Settings over the experiment’s own', 'fast', '“fast” is not a setting.'],
])('refuses %s = %s in place', async (field, text, message) => {
  const { page } = await open();
  await page.getByRole('textbox', { name: field }).first().fill(text);
  await run();
  await page.getByText(message).waitFor();
  expect(await spec()).toBeUndefined();
  await page.getByRole('textbox', { name: field }).first().fill('');
  await page.getByText(message).waitFor({ state: 'hidden' });
});

test('shows why the host refused', async () => {
  const { page } = await open();
  await panel.send({ type: 'refused', message: 'The file is gone.', remedy: 'Choose another.' });
  await expect.poll(() => page.locator('.callout.error').innerText()).toContain('Choose another.');
});

test('runs nothing in a workspace that is not trusted', async () => {
  const { page } = await open({ ...STATE, trusted: false });
  await page.getByRole('button', { name: 'Run', exact: true }).click({ force: true });
  expect(await spec()).toBeUndefined();
  await page.getByRole('button', { name: 'Manage Workspace Trust' }).click();
  await expect.poll(() => panel.posted()).toContainEqual({ type: 'trust' });
  await panel.screenshot('launcher-untrusted-light');
});

test('offers a new experiment, and a model from elsewhere, where there are none', async () => {
  const { page } = await open({ ...STATE, experiments: [], models: [] });
  await page.getByRole('button', { name: 'New Experiment…' }).click();
  await page.getByRole('radio', { name: 'Quantize' }).check();
  await page.getByRole('button', { name: 'Browse…' }).click();
  await expect
    .poll(() => panel.posted())
    .toEqual([{ type: 'ready' }, { type: 'newExperiment' }, { type: 'browseModel' }]);
  await page.getByText('Choose a model file.').waitFor();
});

test('takes up an experiment that was made just now, and no other that it does not know', async () => {
  await open();
  await panel.send({ type: 'experiment', path: '/home/ada/elsewhere.ts' });
  await panel.send({ type: 'experiment', path: '/home/ada/project/mnist-cnn.ts' });
  const state = await panel.state();
  await panel.close();
  await open(STATE, { state });
  await run();
  await expect.poll(spec).toMatchObject({ job: 'train', experiment: '/home/ada/project/mnist-cnn.ts' });
});

test('keeps the form over a reload', async () => {
  const { page } = await open();
  await page.getByRole('radio', { name: 'Quantize' }).check();
  await choose('Method', 'Round to nearest');
  await choose('Bits a weight', '5 bits');
  const state = await panel.state();
  await panel.close();
  await open(STATE, { state });
  await run();
  await expect.poll(spec).toMatchObject({ job: 'quantize', method: 'rtn', bits: 5 });
});

describe.each(THEME_KINDS)('in %s', (theme) => {
  test('nothing breaks the policy, and nothing serious is found by axe', async () => {
    await open(STATE, { theme });
    await panel.screenshot(`launcher-train-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    await openMore();
    await panel.screenshot(`launcher-train-more-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    await panel.page.getByRole('radio', { name: 'Quantize' }).check();
    await panel.screenshot(`launcher-quantize-${theme}`);
    await choose('Model', 'encoder/model.json');
    await openMore();
    await panel.screenshot(`launcher-quantize-more-${theme}`);
    expect(await panel.accessibility()).toEqual([]);
    expect(panel.trouble).toEqual([]);
  });
});
