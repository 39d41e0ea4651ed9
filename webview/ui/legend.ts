import { element, setText } from './dom';
import { drawSample, type SeriesStyle } from './seriesStyle';

export interface LegendItem {
  readonly name: string;
  readonly style: SeriesStyle;
  /** Drawn as areas and not as a line. */
  readonly filled?: boolean;
  readonly on: boolean;
  /** The latest value, as text. */
  readonly last?: string;
}

/** Names the series of a chart; each name is a button that switches its series on and off. */
export function legend(
  container: HTMLElement,
  toggle: (name: string) => void,
): (items: readonly LegendItem[]) => void {
  let face = '';
  let lasts: readonly HTMLElement[] = [];
  return (items) => {
    const next = JSON.stringify(items.map(({ name, style, on }) => [name, style, on]));
    if (next !== face) {
      const focused = [...container.children].indexOf(document.activeElement ?? container);
      container.replaceChildren(...items.map((item) => legendButton(item, toggle)));
      (container.children[focused] as HTMLElement | undefined)?.focus();
      lasts = [...container.querySelectorAll<HTMLElement>('.last')];
      face = next;
    }
    items.forEach((item, k) => setText(lasts[k]!, item.last ?? ''));
  };
}

function legendButton(item: LegendItem, toggle: (name: string) => void): HTMLElement {
  const button = element(
    'button',
    {
      title: item.on ? `Hide ${item.name}` : `Show ${item.name}`,
      attributes: { type: 'button', 'aria-pressed': String(item.on), 'data-series': item.name },
    },
    drawSample(item.style, item.filled ?? false),
    item.name,
    element('span', { class: 'last' }),
  );
  button.addEventListener('click', () => toggle(item.name));
  return button;
}
