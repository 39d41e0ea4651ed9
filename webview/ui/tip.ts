import { element, type Child } from './dom';

export interface Tip {
  /** Shows the rows beside the place `x`, `y` of the plot, on the side where there is room. */
  show(heading: string, rows: readonly (readonly Child[])[], x: number, y: number): void;
  hide(): void;
}

/** The box that tells what stands at a chart's cursor. Screen readers get the same from the frame's read-out. */
export function tip(plot: HTMLElement): Tip {
  const box = element('div', { class: 'tip', attributes: { 'aria-hidden': 'true' } });
  box.hidden = true;
  plot.append(box);
  return {
    show: (heading, rows, x, y) => {
      box.replaceChildren(
        element('div', { class: 'quiet', text: heading }),
        element('table', {}, ...rows.map((cells) => element('tr', {}, ...cells))),
      );
      box.hidden = false;
      const gap = 14;
      const fits = x + gap + box.offsetWidth <= plot.clientWidth;
      const left = fits ? x + gap : x - gap - box.offsetWidth;
      box.style.transform = `translate(${Math.max(0, Math.round(left))}px, ${Math.round(y)}px)`;
    },
    hide: () => (box.hidden = true),
  };
}
