import { callout } from '../callout';
import { button } from '../controls';
import { element } from '../dom';
import { formatBytes } from '../format';
import type { RunModel } from '../runModel';
import { closingFigures, nativeBytes } from './wholeModel';

export interface PortableNote {
  readonly element: HTMLElement;
  update(run: RunModel): void;
}

/**
 * Says of a portable file that it is as large as its source, and which form is the small one.
 * @param pack writes that one; absent where nothing can be started
 */
export function portableNote(pack: (() => void) | undefined): PortableNote {
  const box = element('div');
  let shown = '';
  return {
    element: box,
    update: (run) => {
      const size = packedSize(run);
      const next = size === undefined ? '' : formatBytes(Math.round(size));
      box.hidden = next === '';
      if (next === shown) return;
      shown = next;
      box.replaceChildren(
        callout(
          'info',
          'The portable file is as large as before.',
          'It holds the quantized values in the number format of the source, so that every tool opens it. To ship ' +
            `${next} instead, write the packed file (native form) and load it with loadQuantized, in a page or in Node.js.`,
          pack && button('Write the Packed File', pack).element,
        ),
      );
    },
  };
}

/** Bytes of the native form where it is much smaller than what was written. */
function packedSize(run: RunModel): number | undefined {
  const summary = closingFigures(run);
  const native = nativeBytes(run);
  if (!summary || !native || run.spec.job !== 'quantize' || run.spec.form !== 'portable') return undefined;
  const { before, after } = summary.bytes;
  return after > 0.9 * before && native.all < 0.9 * after ? native.all : undefined;
}
