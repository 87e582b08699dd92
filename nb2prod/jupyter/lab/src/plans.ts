import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';

import { PlannedNotebook } from './planned';
import type { Api } from './request';

/** The plans of all open notebooks, each made when somebody first asks for it. */
export class Plans {
  /** A notebook got its plan for the first time. */
  readonly added = new Signal<this, PlannedNotebook>(this);

  constructor(
    private readonly tracker: INotebookTracker,
    private readonly api: Api
  ) {}

  /** The plan of a notebook. */
  of(panel: NotebookPanel): PlannedNotebook {
    const known = this.known.get(panel);
    if (known) {
      return known;
    }
    const made = new PlannedNotebook(panel, this.api);
    this.known.set(panel, made);
    this.added.emit(made);
    return made;
  }

  /** That of the notebook that was last looked at, if one is open. */
  get current(): PlannedNotebook | null {
    const panel = this.tracker.currentWidget;
    return panel ? this.of(panel) : null;
  }

  /** Have everything drawn anew that shows one of these plans. */
  redraw(): void {
    this.tracker.forEach(panel => this.known.get(panel)?.changed.emit(undefined));
  }

  private readonly known = new WeakMap<NotebookPanel, PlannedNotebook>();
}
