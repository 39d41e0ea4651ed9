/** Building of elements. Styles come from classes, never from a `style` attribute: the policy forbids it. */

export type Child = Node | string | undefined;

interface Properties {
  readonly class?: string;
  readonly text?: string;
  /** The hover: estimator, unit and cost of a number. */
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return dress(document.createElement(tag), properties, children);
}

/** Gives an element that exists its class, text, hover, attributes and children. */
export function dress<E extends HTMLElement>(
  node: E,
  properties: Properties,
  children: readonly Child[] = [],
): E {
  if (properties.class) node.className = properties.class;
  if (properties.title) node.title = properties.title;
  for (const [name, value] of Object.entries(properties.attributes ?? {})) node.setAttribute(name, value);
  if (properties.text !== undefined) node.textContent = properties.text;
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

/** Sets the text only where it differs, so that screen readers and selections are left in peace. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

let lastId = 0;

/** An id that no other element of this page has. */
export function freshId(prefix: string): string {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** The element of the page's shell into which a panel is built. */
export function app(): HTMLElement {
  const root = document.getElementById('app');
  if (!root) throw new Error('The page has no <main id="app">.');
  return root;
}
