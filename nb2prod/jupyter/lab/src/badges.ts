import type { Cell } from '@jupyterlab/cells';
import { MenuSvg } from '@jupyterlab/ui-components';

import { CommandIDs, type Context } from './context';
import { element } from './dom';
import { type PlannedNotebook, stageOf } from './planned';
import { stageLabel } from './labels';

const BADGE = 'jp-nb2prod-badge';

/**
 * Keep a small sign of its stage on every code cell of a notebook.
 *
 * Signs take no part in the order of Tab: with the keyboard, the command or the panel do the same.
 */
export function keepBadges(
  notebook: PlannedNotebook,
  context: Context,
  shown: () => boolean
): void {
  const update = () => {
    for (const cell of notebook.panel.content.widgets) {
      updateBadge(cell, notebook, context, shown());
    }
  };
  notebook.changed.connect(update);
  notebook.panel.content.model?.cells.changed.connect(update);
  notebook.panel.disposed.connect(() => notebook.changed.disconnect(update));
}

function updateBadge(
  cell: Cell,
  notebook: PlannedNotebook,
  context: Context,
  shown: boolean
): void {
  const old = cell.node.querySelector<HTMLElement>(`:scope > .${BADGE}`);
  const stage = shown && cell.model.type === 'code' && notebook.planOf(cell.model)?.stage;
  if (!stage) {
    old?.remove();
    cell.removeClass('jp-mod-nb2prod');
    return;
  }
  const badge = old ?? badgeOf(cell, notebook, context);
  badge.textContent = stageLabel(stage, context.trans);
  badge.dataset['stage'] = stage;
  badge.dataset['own'] = String(stageOf(cell.model) !== null);
  badge.setAttribute('aria-label', context.trans.__('Stage: %1. Change it', badge.textContent));
  if (!old) {
    cell.addClass('jp-mod-nb2prod');
    cell.node.append(badge);
  }
}

function badgeOf(cell: Cell, notebook: PlannedNotebook, context: Context): HTMLElement {
  const badge = element('button', { class: BADGE, type: 'button', tabindex: '-1' });
  badge.title = context.trans.__('The stage of this cell: click to change it');
  badge.addEventListener('click', () => {
    const { panel } = notebook;
    context.app.shell.activateById(panel.id);
    panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
    const { left, bottom } = badge.getBoundingClientRect();
    stageMenu(context).open(left, bottom);
  });
  return badge;
}

/** A menu of the stages for the cell under the cursor. */
function stageMenu({ app, stages }: Context): MenuSvg {
  const menu = new MenuSvg({ commands: app.commands });
  for (const stage of ['', ...stages]) {
    menu.addItem({ command: CommandIDs.stage, args: { stage } });
  }
  menu.aboutToClose.connect(() => window.setTimeout(() => menu.dispose()));
  return menu;
}
