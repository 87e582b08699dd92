import type { TranslationBundle } from '@jupyterlab/translation';

import type { BatchRow, Converted, Job, Verdict } from './contract';
import { button, element } from './dom';
import { isGoingOn } from './jobs';
import { statusLabel } from './labels';

/** What one can do with a job. */
export interface JobActions {
  cancel: (job: Job) => void;
  report: (job: Job) => void;
  openReadme: (made: Converted) => void;
}

/** A job with how far it is, or how it ended. */
export function jobNode(job: Job, trans: TranslationBundle, actions: JobActions): HTMLElement {
  return element(
    'div',
    { class: 'jp-nb2prod-job', 'data-state': job.state, 'data-job': job.id },
    element('div', {}, element('b', {}, title(job, trans)), ' ', stateText(job, trans)),
    ...(isGoingOn(job) ? running(job, trans, actions) : ended(job, trans, actions))
  );
}

function title(job: Job, trans: TranslationBundle): string {
  return job.kind === 'verify' ? trans.__('Verify %1', job.path) : trans.__('Convert %1', job.path);
}

function stateText(job: Job, trans: TranslationBundle): string {
  const verdict = verdictOf(job);
  if (verdict) {
    return verdict.words ?? verdict.outcome;
  }
  const states = {
    queued: trans.__('waits'),
    running: trans.__('runs'),
    done: trans.__('done'),
    failed: trans.__('failed'),
    cancelled: trans.__('cancelled')
  };
  return states[job.state];
}

function running(job: Job, trans: TranslationBundle, actions: JobActions): Node[] {
  const { text, done, total } = job.progress;
  return [
    element('progress', {
      'aria-label': title(job, trans),
      ...(total ? { value: `${done ?? 0}`, max: `${total}` } : {})
    }),
    element('div', { class: 'jp-nb2prod-hint' }, text),
    button(trans.__('Cancel'), () => actions.cancel(job))
  ];
}

function ended(job: Job, trans: TranslationBundle, actions: JobActions): (Node | null)[] {
  const verdict = verdictOf(job);
  return [
    job.error &&
      element('div', { class: 'jp-nb2prod-failure' }, job.error.message, ' ', job.error.hint ?? ''),
    ...(verdict?.notes ?? []).map(note => element('div', { class: 'jp-nb2prod-hint' }, note)),
    verdict && verdictTable(verdict, trans),
    batchTable(job, trans, actions),
    job.report === null ? null : button(trans.__('Report'), () => actions.report(job))
  ];
}

function verdictTable(verdict: Verdict, trans: TranslationBundle): HTMLElement {
  const rows = [...verdict.values, ...verdict.files];
  const counts = Object.entries(verdict.counts).map(
    ([status, count]) => `${count} ${statusLabel(status, trans)}`
  );
  return element(
    'details',
    { 'data-key': 'verdict', open: verdict.outcome !== 'equal' },
    element('summary', {}, counts.join(', ') || trans.__('No values')),
    element(
      'table',
      {},
      ...rows.map(row =>
        element(
          'tr',
          { 'data-status': row.status },
          element('td', {}, element('code', {}, row.name)),
          element('td', {}, statusLabel(row.status, trans)),
          element('td', {}, row.detail)
        )
      )
    )
  );
}

function batchTable(job: Job, trans: TranslationBundle, actions: JobActions): HTMLElement | null {
  if (job.kind !== 'batch' || !Array.isArray(job.result)) {
    return null;
  }
  const outcome = ({ error, ...made }: BatchRow) =>
    error
      ? element('span', { class: 'jp-nb2prod-failure' }, error.message)
      : button(made.folder ?? '', () => actions.openReadme(made as Converted));
  const rows = (job.result as BatchRow[]).map(row =>
    element('tr', {}, element('td', {}, row.path), element('td', {}, outcome(row)))
  );
  return element('table', { 'aria-label': trans.__('Notebooks') }, ...rows);
}

function verdictOf(job: Job): Verdict | null {
  const result = job.result;
  const given = typeof result === 'object' && result !== null && 'outcome' in result;
  return job.kind === 'verify' && given ? (result as Verdict) : null;
}
