import type { VerdictEvent } from '../../../src/protocol/instruments';
import { element } from '../dom';
import { formatCount, formatNumber } from '../format';
import { icon, type IconName } from '../icons';
import { quantityOf } from './quantityWords';

export interface VerdictList {
  readonly element: HTMLElement;
  set(verdicts: readonly VerdictEvent[]): void;
}

const LEVELS: readonly VerdictEvent['level'][] = ['warning', 'notice', 'good'];
const ICONS: Readonly<Record<VerdictEvent['level'], IconName>> = {
  good: 'check',
  notice: 'info',
  warning: 'warning',
};

/**
 * What the readings mean, in words, the worst first: each with what it rests on and what to do.
 * @param showField opens the line of the experiment that a verdict concerns; absent where there is no editor
 */
export function verdictList(showField?: (field: string) => void): VerdictList {
  const list = element('ul', { class: 'verdicts', attributes: { 'aria-label': 'Verdicts' } });
  let shown = '';
  return {
    element: list,
    set: (verdicts) => {
      const face = JSON.stringify(verdicts);
      if (face === shown) return;
      shown = face;
      const sorted = LEVELS.flatMap((level) => verdicts.filter((verdict) => verdict.level === level));
      const focused = [...list.querySelectorAll('button')].findIndex((b) => b === document.activeElement);
      list.replaceChildren(...sorted.map((verdict) => verdictItem(verdict, showField)));
      list.hidden = sorted.length === 0;
      list.querySelectorAll('button')[focused]?.focus();
    },
  };
}

function verdictItem(verdict: VerdictEvent, showField?: (field: string) => void): HTMLElement {
  const { level, text, remedy, field, step } = verdict;
  const sign = element('span', { attributes: { role: 'img', 'aria-label': level } }, icon(ICONS[level]));
  return element(
    'li',
    { class: level },
    sign,
    element(
      'div',
      {},
      element('p', { class: 'message', text }),
      remedy === undefined ? undefined : element('p', { text: remedy }),
      element('p', { class: 'quiet', text: `${evidenceText(verdict)} At step ${formatCount(step)}.` }),
      field === undefined || !showField ? undefined : fieldLink(field, showField),
    ),
  );
}

function fieldLink(field: string, showField: (field: string) => void): HTMLElement {
  const link = element('button', {
    class: 'link',
    text: `Show ${field} in the experiment`,
    attributes: { type: 'button' },
  });
  link.addEventListener('click', () => showField(field));
  return link;
}

/** `Largest curvature λmax 82.1 against 76; stability margin 0.93 against 1.` */
function evidenceText({ evidence }: VerdictEvent): string {
  if (evidence.length === 0) return '';
  const grounds = evidence.map(({ quantity, value, limit, layer }) => {
    const where = layer === undefined ? '' : ` of ${layer}`;
    const against = limit === undefined ? '' : ` against ${formatNumber(limit, 3)}`;
    return `${quantityOf(quantity).title}${where} ${formatNumber(value, 3)}${against}`;
  });
  return `${grounds.join('; ')}.`;
}
