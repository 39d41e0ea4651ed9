import { element, type Child } from './dom';
import { icon } from './icons';

/** A box that says what is wrong in one sentence and what to do in another. */
export function callout(
  level: 'error' | 'warning' | 'info',
  message: string,
  remedy: string,
  ...more: readonly Child[]
): HTMLElement {
  return element(
    'div',
    { class: `callout ${level}` },
    icon(level),
    element(
      'div',
      {},
      element('p', { class: 'message', text: message }),
      remedy === '' ? undefined : element('p', { text: remedy }),
      ...more,
    ),
  );
}
