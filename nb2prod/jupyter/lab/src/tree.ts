import type { TranslationBundle } from '@jupyterlab/translation';

import type { Plan, PlannedFunction, PlannedModule } from './contract';
import { breakable, element } from './dom';
import { flow, ranges, signature } from './outline';
import { stageLabel } from './labels';

/** What a click on a place of the plan does. */
export type Reveal = (cell: number, line?: number | null) => void;

/** The plan as a tree: modules, their functions, and the cells that these come from. */
export function planTree(plan: Plan, trans: TranslationBundle, reveal: Reveal): HTMLElement {
  return element(
    'div',
    { class: 'jp-nb2prod-tree' },
    ...plan.modules.map(module => moduleNode(module, trans, reveal))
  );
}

function moduleNode(module: PlannedModule, trans: TranslationBundle, reveal: Reveal): HTMLElement {
  return element(
    'details',
    { open: true, 'data-key': `module ${module.name}` },
    element('summary', { class: 'jp-nb2prod-module' }, `${module.name.replace(/\./g, '/')}.py`),
    ...module.functions.map(item => functionNode(item, trans, reveal))
  );
}

function functionNode(
  item: PlannedFunction,
  trans: TranslationBundle,
  reveal: Reveal
): HTMLElement {
  const title = [signature(item), item.doc].filter(Boolean).join('\n');
  return element(
    'details',
    {
      class: 'jp-nb2prod-function',
      'data-key': `function ${item.module}.${item.name}`,
      'data-cells': item.cells.join(' ')
    },
    element(
      'summary',
      { title },
      breakable(item.name),
      ' ',
      element(
        'span',
        { class: 'jp-nb2prod-stage', 'data-stage': item.stage },
        stageLabel(item.stage, trans)
      ),
      ' ',
      cellButton(item.cells, trans, reveal),
      element('div', { class: 'jp-nb2prod-hint' }, flow(item))
    ),
    element(
      'dl',
      {},
      ...namesOf(trans.__('Takes'), item.inputs),
      ...namesOf(trans.__('Returns'), item.outputs)
    ),
    element('div', {}, ...item.cells.map(cell => cellLink(cell, null, trans, reveal)))
  );
}

function namesOf(label: string, names: readonly string[]): HTMLElement[] {
  return names.length
    ? [
        element('dt', {}, label),
        element('dd', {}, ...names.flatMap(name => [element('code', {}, name), ' ']))
      ]
    : [];
}

function cellButton(
  cells: readonly number[],
  trans: TranslationBundle,
  reveal: Reveal
): HTMLElement | null {
  const first = cells[0];
  if (first === undefined) {
    return null;
  }
  const label = trans._n('cell %2', 'cells %2', cells.length, ranges(cells));
  return link(label, trans.__('Go to cell %1', first), () => reveal(first));
}

/** A link to a cell, or a line of it. */
export function cellLink(
  cell: number,
  line: number | null,
  trans: TranslationBundle,
  reveal: Reveal
): HTMLElement {
  const label =
    line === null ? trans.__('Cell %1', cell) : trans.__('Cell %1, line %2', cell, line);
  return link(label, trans.__('Go to cell %1', cell), () => reveal(cell, line));
}

function link(label: string, title: string, go: () => void): HTMLElement {
  const onclick = (event: Event) => {
    event.preventDefault(); // a summary would fold
    go();
  };
  return element('button', { class: 'jp-nb2prod-link', type: 'button', title, onclick }, label);
}
