type Attributes = Record<string, string | boolean | EventListener | undefined>;
type Child = Node | string | null | undefined | false;

/**
 * An element with attributes, listeners (`onclick`) and children.
 *
 * Text becomes text nodes and nothing else, so that what stands in a notebook is never markup.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      made.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : value);
    }
  }
  made.append(...children.filter(child => child instanceof Node || typeof child === 'string'));
  return made;
}

/** A button that looks like those of the side panels. */
export function button(
  label: string,
  onclick: () => void,
  attributes: Attributes = {}
): HTMLElement {
  return element(
    'button',
    { class: 'jp-nb2prod-button', type: 'button', ...attributes, onclick },
    label
  );
}

/** A sentence of the server's: what stands between backticks is code. */
export function prose(text: string): HTMLElement {
  const parts = text.split(/`([^`]+)`/);
  return element(
    'span',
    {},
    ...parts.map((part, at) => (at % 2 ? element('code', {}, part) : part))
  );
}

/** A name in code, which may go on in the next line after an underscore. */
export function breakable(name: string): HTMLElement {
  const parts = name.split(/(?<=_)/).flatMap(part => [element('wbr'), part]);
  return element('code', {}, ...parts.slice(1));
}
