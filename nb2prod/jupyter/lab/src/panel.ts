import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { CommandIDs, type Context } from './context';
import type { Failure, Plan } from './contract';
import { openReadme } from './convert';
import { button, element } from './dom';
import { failureNode, findings } from './findings';
import { Folds } from './folds';
import { handshake } from './handshake';
import { functionCount, functionsOf } from './outline';
import { describe, type PlannedNotebook } from './planned';
import { openReport } from './report';
import { StagePicker } from './stagePicker';
import { planTree } from './tree';
import { jobNode, type JobActions } from './verdict';

/** The side panel: what the current notebook would become. Asks the server only while it is seen. */
export class PlanPanel extends Widget {
  constructor(
    private readonly context: Context,
    private readonly tracker: INotebookTracker
  ) {
    super();
    this.addClass('jp-nb2prod-panel');
    this.picker = new StagePicker(context);
    this.node.append(this.header(), this.status, this.picker.node, this.work, this.body);
    tracker.currentChanged.connect(this.follow, this);
    tracker.activeCellChanged.connect(this.highlight, this);
    context.jobs.changed.connect(this.drawJobs, this);
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.follow();
    handshake(this.context)
      .then(() => {
        this.picker.show(this.notebook);
        return this.context.jobs.load();
      })
      .catch(() => undefined); // asking for the plan says what is wrong with the server
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.onAfterShow(message);
    }
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.notebook?.watch(false);
  }

  private follow(): void {
    this.notebook?.changed.disconnect(this.draw, this);
    this.notebook?.watch(false);
    this.notebook = this.isVisible ? this.context.plans.current : null;
    this.notebook?.changed.connect(this.draw, this);
    this.notebook?.watch(true);
    this.draw();
  }

  private header(): HTMLElement {
    const { trans, app } = this.context;
    const more = trans.__('Verify with options');
    const run = (label: string, command: string, attributes = {}) =>
      button(label, () => void app.commands.execute(command), attributes);
    return element(
      'div',
      { class: 'jp-nb2prod-header' },
      run(trans.__('Convert…'), CommandIDs.convert),
      run(trans.__('Preview'), CommandIDs.preview),
      element(
        'span',
        { class: 'jp-nb2prod-group' },
        run(trans.__('Verify'), CommandIDs.verify),
        run('⋯', CommandIDs.verifyWith, { title: more, 'aria-label': more })
      )
    );
  }

  private draw(): void {
    const { trans } = this.context;
    const { plan, failure, busy } = this.notebook ?? { plan: null, failure: null, busy: false };
    this.node.setAttribute('aria-busy', String(busy));
    this.say(plan ? this.summary(plan) : busy ? trans.__('Reading the notebook…') : '');
    if (!this.notebook) {
      this.say(trans.__('Open a notebook to see what it would become.'));
    }
    if (this.drawn !== (plan ?? failure)) {
      this.drawn = plan ?? failure;
      this.folds.replace(this.body, ...this.parts(plan, failure));
    }
    this.highlight();
  }

  private parts(plan: Plan | null, failure: Failure | null): HTMLElement[] {
    const { trans } = this.context;
    const reveal = (cell: number, line: number | null = null) => void this.reveal(cell, line);
    if (plan) {
      return [planTree(plan, trans, reveal), ...findings(plan, trans, reveal)];
    }
    return failure ? [failureNode(failure, trans, reveal)] : [];
  }

  private say(text: string): void {
    if (this.status.textContent !== text) {
      this.status.textContent = text;
    }
  }

  private summary(plan: Plan): string {
    const { trans } = this.context;
    const functions = functionCount(plan);
    return trans.__(
      '%1: %2 in %3',
      plan.package,
      trans._n('%1 function', '%1 functions', functions),
      trans._n('%1 module', '%1 modules', plan.modules.length)
    );
  }

  private async reveal(cell: number, line: number | null): Promise<void> {
    if (this.notebook) {
      this.context.app.shell.activateById(this.notebook.panel.id);
      await this.notebook.reveal(cell, line);
    }
  }

  /** Mark what becomes of the cell under the cursor. */
  private highlight(): void {
    this.picker.show(this.notebook);
    const active = this.notebook?.active ?? -1;
    const plan = this.notebook?.plan;
    const functions = plan ? functionsOf(plan, active) : [];
    const keys = new Set(functions.map(item => `function ${item.module}.${item.name}`));
    let first: Element | null = null;
    for (const node of this.body.querySelectorAll<HTMLElement>('.jp-nb2prod-function')) {
      const on = keys.has(node.dataset['key'] ?? '');
      node.toggleAttribute('aria-current', on);
      first ??= on ? node : null;
    }
    if (!this.node.contains(document.activeElement)) {
      first?.scrollIntoView({ block: 'nearest' });
    }
  }

  private drawJobs(): void {
    const { trans, jobs } = this.context;
    const actions: JobActions = {
      cancel: job =>
        void jobs.cancel(job).catch((error: unknown) => this.say(describe(error).message)),
      report: job => void openReport(job, this.context),
      openReadme: made => openReadme(made, this.context.app)
    };
    const nodes = jobs.all.map(job => jobNode(job, trans, actions));
    const heading = element('h3', {}, trans.__('Jobs'));
    this.folds.replace(this.work, ...(nodes.length ? [heading, ...nodes] : []));
  }

  override dispose(): void {
    this.tracker.currentChanged.disconnect(this.follow, this);
    this.tracker.activeCellChanged.disconnect(this.highlight, this);
    super.dispose();
  }

  private notebook: PlannedNotebook | null = null;
  private drawn: Plan | Failure | null = null;
  private readonly folds = new Folds();
  private readonly picker: StagePicker;
  private readonly status = element('div', { class: 'jp-nb2prod-status', 'aria-live': 'polite' });
  private readonly body = element('div', { class: 'jp-nb2prod-body' });
  private readonly work = element('div', { class: 'jp-nb2prod-jobs', 'aria-live': 'polite' });
}
