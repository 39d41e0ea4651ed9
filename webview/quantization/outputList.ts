import { element } from '../ui/dom';
import type { RunModel } from '../ui/runModel';

export interface OutputList {
  readonly element: HTMLElement;
  update(run: RunModel): void;
}

/** The files that a finished run wrote, each opened by a click. */
export function outputList(open: (path: string) => void): OutputList {
  const list = element('div', { class: 'outputs' });
  let shown = '';
  return {
    element: list,
    update: (run) => {
      const summary = run.finished?.summary;
      const paths = summary?.job === 'quantize' ? summary.output : [];
      list.hidden = paths.length === 0;
      if (paths.join('\n') === shown) return;
      shown = paths.join('\n');
      list.replaceChildren(
        ...paths.map((path) => {
          const link = element('button', {
            class: 'link',
            text: path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1),
            title: path,
            attributes: { type: 'button' },
          });
          link.addEventListener('click', () => open(path));
          return link;
        }),
      );
    },
  };
}
