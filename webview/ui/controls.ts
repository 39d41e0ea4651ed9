/**
 * The form controls of every panel, out of `@vscode/webview-ui-toolkit`. This file alone knows where they
 * come from: its functions give out plain HTML elements.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodePanels,
  vsCodeTextArea,
  vsCodeTextField,
  type Button,
  type Checkbox,
  type Dropdown,
  type Panels,
  type TextArea,
  type TextField,
} from '@vscode/webview-ui-toolkit';
import { dress, element, freshId, setText, type Child } from './dom';
import { icon, type IconName } from './icons';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodePanels(),
  vsCodePanelTab(),
  vsCodePanelView(),
  vsCodeTextArea(),
  vsCodeTextField(),
);

declare global {
  interface HTMLElementTagNameMap {
    'vscode-button': Button;
    'vscode-checkbox': Checkbox;
    'vscode-dropdown': Dropdown;
    'vscode-panels': Panels;
    'vscode-text-area': TextArea;
    'vscode-text-field': TextField;
  }
}

export interface ButtonControl {
  readonly element: HTMLElement;
  setEnabled(enabled: boolean): void;
}

/** A button with a text; `primary` is for the one thing that a panel is about. */
export function button(
  label: string,
  press: () => void,
  appearance: 'primary' | 'secondary' = 'secondary',
): ButtonControl {
  const node = document.createElement('vscode-button');
  node.appearance = appearance;
  node.append(label);
  node.addEventListener('click', () => {
    if (!node.disabled) press();
  });
  return { element: node, setEnabled: (enabled) => (node.disabled = !enabled) };
}

/** A button that is a picture; `label` names it for hovers and screen readers. */
export function iconButton(name: IconName, label: string, press: () => void): HTMLElement {
  const node = document.createElement('vscode-button');
  node.appearance = 'icon';
  node.addEventListener('click', press);
  return dress(node, { title: label, attributes: { 'aria-label': label } }, [icon(name)]);
}

export interface ValueControl {
  /** The labelled control with its explanation. */
  readonly element: HTMLElement;
  get(): string;
  set(value: string): void;
  setHint(hint: string): void;
}

export interface TextControl extends ValueControl {
  /** What stands in the field while it is empty. */
  setPlaceholder(text: string): void;
}

export interface FieldOptions {
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly onChange: () => void;
}

/** One line of text. */
export function textField(options: FieldOptions & { readonly numeric?: boolean }): TextControl {
  const node = document.createElement('vscode-text-field');
  if (options.numeric) node.setAttribute('inputmode', 'numeric');
  return textControl(node, options);
}

/** Several lines of text. */
export function textArea(options: FieldOptions & { readonly rows: number }): TextControl {
  const node = document.createElement('vscode-text-area');
  node.rows = options.rows;
  return textControl(node, options);
}

function textControl(node: TextField | TextArea, options: FieldOptions): TextControl {
  if (options.placeholder !== undefined) node.placeholder = options.placeholder;
  node.addEventListener('input', options.onChange);
  // The control takes its name for screen readers from the text that stands in it.
  node.append(options.label);
  const hint = hintFor(node, options);
  return {
    element: element('div', { class: 'field' }, labelFor(node, options), node, hint),
    get: () => node.value,
    set: (value) => (node.value = value),
    setHint: (text) => (hint.textContent = text),
    setPlaceholder: (text) => (node.placeholder = text),
  };
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

export interface DropdownControl extends ValueControl {
  /** Replaces what can be chosen, and keeps the value where it is still there. */
  setChoices(choices: readonly Choice[]): void;
}

/** One of several. */
export function dropdown(options: FieldOptions): DropdownControl {
  const node = document.createElement('vscode-dropdown');
  node.setAttribute('aria-label', options.label);
  const label = labelFor(node, options);
  const hint = hintFor(node, options);
  let value = '';
  let offered: readonly Choice[] = [];
  const settle = () => {
    if (offered.length > 0 && !offered.some((choice) => choice.value === value)) value = offered[0]!.value;
    // A control that is not on the page yet takes the option that is marked when it gets there.
    for (const option of node.children) {
      option.toggleAttribute('selected', option.getAttribute('value') === value);
    }
    // The control sees its new options only after this task.
    queueMicrotask(() => {
      node.selectedIndex = offered.findIndex((choice) => choice.value === value);
    });
  };
  node.addEventListener('change', () => {
    value = node.value;
    options.onChange();
  });
  return {
    element: element('div', { class: 'field' }, label, node, hint),
    get: () => (offered.length > 0 ? value : ''),
    set: (next) => {
      value = next;
      settle();
    },
    setHint: (text) => (hint.textContent = text),
    setChoices: (choices) => {
      if (JSON.stringify(choices) === JSON.stringify(offered)) return;
      offered = choices;
      node.replaceChildren(...choices.map(optionOf));
      settle();
    },
  };
}

function optionOf(choice: Choice): HTMLElement {
  const option = document.createElement('vscode-option');
  const attributes = { value: choice.value, ...(choice.disabled && { disabled: '' }) };
  return dress(option, { text: choice.label, attributes });
}

export interface CheckboxControl {
  readonly element: HTMLElement;
  get(): boolean;
}

/** Yes or no. */
export function checkbox(options: Omit<FieldOptions, 'placeholder'>, checked: boolean): CheckboxControl {
  const node = document.createElement('vscode-checkbox');
  node.toggleAttribute('checked', checked);
  node.append(options.label);
  node.addEventListener('change', options.onChange);
  return {
    element: element('div', { class: 'field' }, node, hintFor(node, options)),
    get: () => node.checked,
  };
}

export interface DisclosureControl {
  readonly element: HTMLElement;
  isOpen(): boolean;
  /** A quiet word after the label: what is different in what cannot be seen. */
  setNote(note: string): void;
}

/** What few need, folded away below a line that opens it. */
export function disclosure(
  label: string,
  open: boolean,
  onChange: () => void,
  ...children: readonly Child[]
): DisclosureControl {
  const note = element('span', { class: 'quiet' });
  const head = element('summary', {}, icon('chevron-right'), element('span', { text: label }), note);
  const node = element('details', { class: 'disclosure' }, head, ...children);
  node.open = open;
  node.addEventListener('toggle', onChange);
  return { element: node, isOpen: () => node.open, setNote: (text) => setText(note, text) };
}

/** The label over a control, for the eye. */
function labelFor(control: HTMLElement, { label: text }: FieldOptions): HTMLElement {
  const label = element('div', { class: 'label', text, attributes: { 'aria-hidden': 'true' } });
  label.addEventListener('click', () => control.focus());
  return label;
}

function hintFor(control: HTMLElement, options: FieldOptions): HTMLElement {
  const hint = element('div', {
    class: 'hint',
    text: options.hint ?? '',
    attributes: { id: freshId('hint') },
  });
  control.setAttribute('aria-describedby', hint.id);
  return hint;
}

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: Child;
}

export interface TabsControl {
  readonly element: HTMLElement;
  /** Renames a tab: `Messages (2)`. */
  setLabel(id: string, label: string): void;
}

/** Views of which one is seen at a time. */
export function tabs(
  label: string,
  all: readonly Tab[],
  active: string,
  onChange: (id: string) => void,
): TabsControl {
  const node = document.createElement('vscode-panels');
  node.className = 'tabs';
  node.setAttribute('aria-label', label);
  node.setAttribute('activeid', `tab-${all.some((tab) => tab.id === active) ? active : (all[0]?.id ?? '')}`);
  const heads = new Map<string, HTMLElement>();
  for (const tab of all) {
    const head = document.createElement('vscode-panel-tab');
    dress(head, { text: tab.label, attributes: { id: `tab-${tab.id}` } });
    heads.set(tab.id, head);
    node.append(head);
  }
  for (const tab of all) {
    const view = document.createElement('vscode-panel-view');
    const content = element('div', { class: 'tab-content' }, tab.content);
    node.append(dress(view, { class: 'tab-view', attributes: { id: `view-${tab.id}` } }, [content]));
  }
  node.addEventListener('change', (event) => {
    if (event.target === node) onChange(node.activeid.replace('tab-', ''));
  });
  return {
    element: node,
    setLabel: (id, text) => {
      const head = heads.get(id);
      if (!head || head.textContent === text) return;
      head.textContent = text;
      head.setAttribute('aria-label', text);
    },
  };
}

/** One of a few, all in sight: radio buttons drawn as one bar. */
export interface SegmentsControl<T extends string> {
  readonly element: HTMLElement;
  get(): T;
  set(value: T): void;
}

export function segments<T extends string>(
  label: string,
  choices: readonly { readonly value: T; readonly label: string; readonly title?: string }[],
  value: T,
  onChange: (value: T) => void,
): SegmentsControl<T> {
  const name = freshId('segments');
  const inputs = new Map<T, HTMLInputElement>();
  let current = value;
  const node = element('div', { class: 'segments', attributes: { role: 'radiogroup', 'aria-label': label } });
  for (const choice of choices) {
    const input = element('input', { attributes: { type: 'radio', name, value: choice.value } });
    input.checked = choice.value === value;
    input.addEventListener('change', () => onChange((current = choice.value)));
    inputs.set(choice.value, input);
    const title = choice.title === undefined ? {} : { title: choice.title };
    node.append(element('label', title, input, element('span', { text: choice.label })));
  }
  return {
    element: node,
    get: () => current,
    set: (next) => {
      current = next;
      const input = inputs.get(next);
      if (input) input.checked = true;
    },
  };
}

export interface SliderControl {
  readonly element: HTMLElement;
  set(value: number): void;
}

/** A number by a slider, its value beside it. */
export function slider(
  label: string,
  range: { readonly min: number; readonly max: number; readonly step: number },
  value: number,
  format: (value: number) => string,
  onChange: (value: number) => void,
): SliderControl {
  const input = element('input', {
    attributes: {
      type: 'range',
      min: String(range.min),
      max: String(range.max),
      step: String(range.step),
      'aria-label': label,
    },
  });
  const shown = element('span', { class: 'slider-value' });
  const describe = (now: number) => {
    setText(shown, format(now));
    input.setAttribute('aria-valuetext', format(now));
  };
  const set = (next: number) => {
    input.value = String(next);
    describe(next);
  };
  set(value);
  input.addEventListener('input', () => {
    describe(input.valueAsNumber);
    onChange(input.valueAsNumber);
  });
  return {
    element: element('label', { class: 'slider' }, element('span', { text: label }), input, shown),
    set,
  };
}
