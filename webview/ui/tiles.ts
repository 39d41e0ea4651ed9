import { element, setText } from './dom';

/** One figure with its name. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  /** A second line, quieter. */
  readonly note?: string;
  /** Estimator, unit and cost: the hover. */
  readonly title: string;
}

export interface Tiles {
  readonly element: HTMLElement;
  set(tiles: readonly Tile[]): void;
}

/** A row of figures, as a list of terms and their values. */
export function tiles(label: string): Tiles {
  const list = element('dl', { class: 'tiles', attributes: { 'aria-label': label } });
  let names = '';
  return {
    element: list,
    set: (all) => {
      list.hidden = all.length === 0;
      const next = JSON.stringify(all.map((tile) => tile.label));
      if (next !== names) {
        names = next;
        list.replaceChildren(
          ...all.map((tile) =>
            element(
              'div',
              {},
              element('dt', { text: tile.label }),
              element('dd', { class: 'value' }),
              element('dd', { class: 'note' }),
            ),
          ),
        );
      }
      all.forEach((tile, k) => {
        const [, value, note] = list.children[k]!.children;
        (list.children[k] as HTMLElement).title = tile.title;
        setText(value as HTMLElement, tile.value);
        setText(note as HTMLElement, tile.note ?? '');
      });
    },
  };
}
