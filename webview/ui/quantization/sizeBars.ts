import { element } from '../dom';
import { formatBytes } from '../format';
import type { RunModel } from '../runModel';
import { closingFigures, nativeBytes, weights, type NativeBytes } from './wholeModel';

export interface SizeBars {
  readonly element: HTMLElement;
  update(run: RunModel): void;
}

interface Bar {
  readonly name: string;
  readonly title: string;
  readonly bytes: number;
  /** Bytes of its pieces with the class of each; a bar without is one piece. */
  readonly pieces?: readonly (readonly [kind: string, bytes: number])[];
  /** It was not written. */
  readonly ghost?: boolean;
}

/** Source, written file and native form as bars to one scale, each with its bits a weight. */
export function sizeBars(): SizeBars {
  const body = element('tbody');
  const table = element(
    'table',
    { class: 'sizes', attributes: { 'aria-label': 'Sizes' } },
    element(
      'thead',
      { class: 'unseen' },
      element(
        'tr',
        {},
        ...['File', 'Size as a bar', 'Size', 'Bits a weight'].map((text) =>
          element('th', { text, attributes: { scope: 'col' } }),
        ),
      ),
    ),
    body,
  );
  const key = element('p', { class: 'sizes-key quiet' });
  const box = element('div', { class: 'sizes-box' }, table, key);
  let shown = '';
  return {
    element: box,
    update: (run) => {
      const native = nativeBytes(run);
      box.hidden = native === undefined;
      if (!native) return;
      const bars = barsOf(run, native);
      const next = JSON.stringify(bars);
      if (next === shown) return;
      shown = next;
      const parameters = run.tensors.reduce((sum, tensor) => sum + weights(tensor), 0);
      const largest = Math.max(...bars.map(({ bytes }) => bytes));
      body.replaceChildren(...bars.map((bar) => row(bar, largest, parameters)));
      key.replaceChildren(...keyOf(native));
    },
  };
}

function barsOf(run: RunModel, native: NativeBytes): readonly Bar[] {
  const { before, after } = closingFigures(run)!.bytes;
  const isNative = run.spec.job === 'quantize' && run.spec.form === 'native';
  const pieces = (
    [
      ['quantized', native.quantized],
      ['kept', native.kept],
      ['rest', native.rest],
      ['topology', native.topology],
    ] as const
  ).filter(([, bytes]) => bytes > 0);
  const source: Bar = { name: 'Before', title: 'The tensors of the source', bytes: before };
  if (isNative)
    return [source, { name: 'Packed file', title: 'The native form, as written', bytes: after, pieces }];
  return [
    source,
    { name: 'Portable file', title: 'As written: quantized values in the source’s format', bytes: after },
    {
      name: 'Packed, if asked for',
      title: 'The files of the native form that the same quantization would make',
      bytes: native.all,
      pieces,
      ghost: true,
    },
  ];
}

function row(bar: Bar, largest: number, parameters: number): HTMLElement {
  const pieces = (bar.pieces ?? [['plain', bar.bytes]]).map(([kind, bytes]) => {
    const piece = element('span', { class: `piece ${kind}` });
    piece.style.width = `${((100 * bytes) / largest).toFixed(3)}%`;
    return piece;
  });
  const track = element('div', { class: bar.ghost ? 'track ghost' : 'track' }, ...pieces);
  return element(
    'tr',
    { title: bar.title },
    element('th', { text: bar.name, attributes: { scope: 'row' } }),
    element('td', { class: 'bar', attributes: { 'aria-hidden': 'true' } }, track),
    element('td', { class: 'number', text: formatBytes(bar.bytes) }),
    element('td', {
      class: 'number quiet',
      text: `${((8 * bar.bytes) / parameters).toFixed(2)} bits a weight`,
    }),
  );
}

function keyOf({ quantized, kept, rest, topology }: NativeBytes): readonly HTMLElement[] {
  const entry = (kind: string, text: string) =>
    element(
      'span',
      {},
      element('span', { class: `piece ${kind}`, attributes: { 'aria-hidden': 'true' } }),
      text,
    );
  return [
    entry('quantized', `quantized weights ${formatBytes(Math.round(quantized))}`),
    entry('kept', `kept tensors ${formatBytes(Math.round(kept))}`),
    entry('rest', `names and shapes ${formatBytes(Math.round(rest))}`),
    ...(topology > 0 ? [entry('topology', `topology (model.json) ${formatBytes(topology)}`)] : []),
  ];
}
