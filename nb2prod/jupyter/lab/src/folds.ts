/** Which parts of a panel are open and where the focus is: kept when the panel is drawn anew. */
export class Folds {
  /** Replace what is in a node, keeping parts open or shut and the focus where it was. */
  replace(node: HTMLElement, ...children: Node[]): void {
    for (const part of parts(node)) {
      this.open.set(key(part), part.open);
    }
    const position = focusable(node).indexOf(document.activeElement as HTMLElement);
    const label = document.activeElement?.textContent;
    node.replaceChildren(...children);
    for (const part of parts(node)) {
      part.open = this.open.get(key(part)) ?? part.open;
    }
    if (position >= 0) {
      const now = focusable(node);
      (now.find(item => item.textContent === label) ?? now[position] ?? now[0])?.focus();
    }
  }

  private readonly open = new Map<string, boolean>();
}

function parts(node: HTMLElement): HTMLDetailsElement[] {
  return [...node.querySelectorAll<HTMLDetailsElement>('details[data-key]')];
}

function key(part: HTMLElement): string {
  return part.dataset['key'] ?? '';
}

function focusable(node: HTMLElement): HTMLElement[] {
  return [...node.querySelectorAll<HTMLElement>('summary, button, select')];
}
