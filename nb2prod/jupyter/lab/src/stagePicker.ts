import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

import { type Context } from './context';
import { element } from './dom';
import { type PlannedNotebook, stageOf } from './planned';
import { stageLabel } from './labels';

/** Says which stage the cell under the cursor is in and why, and lets one choose another. */
export class StagePicker {
  readonly node: HTMLElement;

  constructor(private readonly context: Context) {
    this.select = element('select', { onchange: () => this.choose() });
    this.reason = element('span', { class: 'jp-nb2prod-hint' });
    this.label = element('span');
    this.node = element(
      'div',
      { class: 'jp-nb2prod-picker' },
      element('label', {}, this.label, ' ', this.select),
      this.reason
    );
  }

  /** Show the cell under the cursor of a notebook, or nothing. */
  show(notebook: PlannedNotebook | null): void {
    this.notebook = notebook;
    const cell = activeCodeCell(notebook?.panel);
    const planned = cell && notebook?.planOf(cell.model);
    this.node.hidden = !planned;
    if (!planned) {
      return;
    }
    const { trans, stages } = this.context;
    const own = stageOf(cell.model) ?? '';
    this.label.textContent = trans.__('Stage of cell %1', planned.index);
    const automatic = own
      ? trans.__('automatic')
      : trans.__('automatic: %1', stageLabel(planned.stage ?? '', trans));
    this.select.replaceChildren(
      element('option', { value: '' }, automatic),
      ...stages.map(stage => element('option', { value: stage }, stageLabel(stage, trans)))
    );
    this.select.value = own;
    this.reason.textContent = planned.reason ?? '';
  }

  private choose(): void {
    const cell = activeCodeCell(this.notebook?.panel);
    if (cell) {
      void this.notebook?.setStage(cell.model, this.select.value || null);
    }
  }

  private notebook: PlannedNotebook | null = null;
  private readonly select: HTMLSelectElement;
  private readonly label: HTMLElement;
  private readonly reason: HTMLElement;
}

/** The code cell under the cursor. */
export function activeCodeCell(panel: NotebookPanel | null | undefined): Cell | null {
  const cell = panel?.content.activeCell ?? null;
  return cell?.model.type === 'code' ? cell : null;
}
