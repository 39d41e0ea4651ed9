import type { RunView } from '../../src/protocol/messages';
import { element } from './dom';
import { icon } from './icons';

export interface MessageList {
  readonly element: HTMLElement;
  set(messages: RunView['messages']): void;
}

/** What the run said, in its order. Only what is new is added, so that a selection survives. */
export function messageList(): MessageList {
  const empty = element('p', { class: 'empty', text: 'The run has said nothing so far.' });
  const list = element('ul', { class: 'messages' });
  let first: RunView['messages'][number] | undefined;
  return {
    element: element('div', {}, empty, list),
    set: (messages) => {
      if (messages[0] !== first || messages.length < list.childElementCount) list.replaceChildren();
      first = messages[0];
      for (const { level, text } of messages.slice(list.childElementCount)) {
        list.append(element('li', { class: level }, iconOf(level), element('span', { text })));
      }
      empty.hidden = messages.length > 0;
    },
  };
}

function iconOf(level: 'info' | 'warning'): HTMLElement {
  return element('span', { attributes: { role: 'img', 'aria-label': level } }, icon(level));
}
