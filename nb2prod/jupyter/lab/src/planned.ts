import type { Cell, ICellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { withoutPictures } from './content';
import type { Failure, Plan, PlannedCell, Subject, VerifyOptions } from './contract';
import { serverPath } from './drives';
import { stageIn, withStage } from './override';
import { type Api, RequestError } from './request';

const TRIES = 10; // scrolls to one cell
const PAUSE = 800; // ms without typing before the plan is made anew

/** An open notebook with its plan, which follows what is edited as long as somebody looks at it. */
export class PlannedNotebook implements IDisposable {
  plan: Plan | null = null;
  failure: Failure | null = null;
  busy = false;
  /** Name and folder that the user chose, in place of those that the plan proposes. */
  chosen: { package?: string; folder?: string } = {};
  /** How the user last wanted it verified. */
  options: VerifyOptions = {};
  readonly changed = new Signal<this, undefined>(this);

  constructor(
    readonly panel: NotebookPanel,
    private readonly api: Api
  ) {
    panel.context.model.contentChanged.connect(this.onEdit, this);
    panel.disposed.connect(() => this.dispose());
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    if (this.disposed) {
      return;
    }
    this.disposed = true;
    window.clearTimeout(this.timer);
    this.panel.context.model.contentChanged.disconnect(this.onEdit, this);
    Signal.clearData(this);
  }

  /** Follow edits from now on, or no longer; a plan that is out of date is made anew. */
  watch(on: boolean): void {
    this.watched = on;
    if (on && this.fingerprint() !== this.planned) {
      void this.refresh();
    }
  }

  /** Ask for the plan of what is in the editor now; an answer to an older question is dropped. */
  async refresh(): Promise<void> {
    const question = ++this.questions;
    await this.panel.context.ready;
    this.planned = this.fingerprint();
    const ids = this.cells().map(cell => cell.id);
    this.settle({ busy: true });
    try {
      const subject = this.subject();
      const plan = await this.api.inspect({
        ...subject,
        content: withoutPictures(subject.content)
      });
      if (question === this.questions) {
        this.ids = ids;
        this.settle({ busy: false, plan, failure: null });
      }
    } catch (error) {
      if (question === this.questions) {
        this.ids = ids;
        this.settle({ busy: false, plan: null, failure: describe(error) });
      }
    }
  }

  /** The notebook as it is in the editor, saved or not, and where its package was last made. */
  subject(): Subject {
    const { context } = this.panel;
    const path = serverPath(context.path, context.localPath);
    return { path, content: context.model.toJSON(), ...this.chosen };
  }

  /** What the plan says of a cell of the editor; null for one that came later. */
  planOf(cell: ICellModel): PlannedCell | null {
    const position = this.ids.indexOf(cell.id);
    return this.plan?.cells.find(item => item.index === position) ?? null;
  }

  /** The position in the plan of the cell under the cursor, or -1. */
  get active(): number {
    const cell = this.panel.content.activeCell;
    return cell ? this.ids.indexOf(cell.model.id) : -1;
  }

  /** Give a cell a stage of the author's choice, or none for null, and plan anew at once. */
  async setStage(cell: ICellModel, stage: string | null): Promise<void> {
    const changed = withStage(cell.getMetadata('nb2prod'), stage);
    if (changed) {
      cell.setMetadata('nb2prod', changed);
    } else {
      cell.deleteMetadata('nb2prod');
    }
    window.clearTimeout(this.timer);
    await this.refresh();
  }

  /** Show a cell of the plan in the notebook, wherever it has moved since. */
  async reveal(position: number, line: number | null = null): Promise<void> {
    const notebook = this.panel.content;
    const index = this.cells().findIndex(cell => cell.id === this.ids[position]);
    const widget: Cell | undefined = notebook.widgets[index];
    if (!widget) {
      return;
    }
    notebook.activeCellIndex = index;
    await this.scrollTo(widget);
    if (line !== null) {
      widget.editor?.setCursorPosition({ line: line - 1, column: 0 });
    }
    widget.node.focus({ preventScroll: true });
  }

  /**
   * Scroll until a cell is seen, unless the user went elsewhere.
   *
   * While JupyterLab still draws a notebook, it gives up on cells that are not there yet, and misses
   * those above which others grow. It rejects a scroll that another one follows.
   */
  private async scrollTo(cell: Cell): Promise<void> {
    const notebook = this.panel.content;
    for (let tries = 0; tries < TRIES && notebook.activeCell === cell; tries++) {
      await notebook.scrollToItem(notebook.activeCellIndex, 'smart').catch(() => undefined);
      await new Promise(requestAnimationFrame);
      if (isSeen(cell.node, notebook.node)) {
        return;
      }
    }
  }

  private cells(): ICellModel[] {
    const cells = this.panel.content.model?.cells;
    return cells ? Array.from({ length: cells.length }, (_, index) => cells.get(index)) : [];
  }

  /** What plans depend on and people edit: outputs come and go while cells run. */
  private fingerprint(): string {
    return JSON.stringify(
      this.cells().map(cell => [cell.type, cell.sharedModel.getSource(), cell.sharedModel.metadata])
    );
  }

  private onEdit(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.watched) {
        this.watch(true);
      }
    }, PAUSE);
  }

  private settle(state: Partial<Pick<this, 'busy' | 'plan' | 'failure'>>): void {
    if (!this.disposed) {
      Object.assign(this, state);
      this.changed.emit(undefined);
    }
  }

  private disposed = false;
  private watched = false;
  private questions = 0;
  private planned = '';
  private ids: string[] = [];
  private timer = 0;
}

/** The stage that the author gave a cell. */
export function stageOf(cell: ICellModel): string | null {
  return stageIn(cell.getMetadata('nb2prod'));
}

/** What went wrong, in words for people. */
export function describe(error: unknown): Failure {
  return error instanceof RequestError ? error.failure : { message: String(error) };
}

/** Whether part of an element is within another one that scrolls. */
function isSeen(node: HTMLElement, within: HTMLElement): boolean {
  const [inner, outer] = [node.getBoundingClientRect(), within.getBoundingClientRect()];
  return inner.height > 0 && inner.top < outer.bottom && inner.bottom > outer.top;
}
