import { element } from '../ui/dom';
import type { RunModel } from '../ui/runModel';

export interface OutputList {
  readonly element: HTMLElement;
  update(run: RunModel): void;
}

/** What a finished run wrote, opened by a click; shards of weights are counted, not listed. */
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
      const [path, shards] = modelAndShards(paths);
      list.replaceChildren(
        link(path, () => open(path)),
        ...(shards > 0 ? [element('span', { class: 'quiet', text: `and ${shards} files of weights` })] : []),
      );
    },
  };
}

/** The file that stands for the whole model, an index or a `model.json` where there is one. */
function modelAndShards(paths: readonly string[]): [path: string, shards: number] {
  const index = paths.find((path) => path.endsWith('.json'));
  return [index ?? paths[0] ?? '', paths.length - 1];
}

function link(path: string, onClick: () => void): HTMLElement {
  const button = element('button', {
    class: 'link',
    text: path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1),
    title: path,
    attributes: { type: 'button' },
  });
  button.addEventListener('click', onClick);
  return button;
}
