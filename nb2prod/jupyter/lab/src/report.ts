import { MainAreaWidget } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';

import type { Context } from './context';
import type { Job } from './contract';
import { element } from './dom';
import { packageIcon } from './icon';
import { announce } from './toast';

/** Open the page of a verification in a tab: in a sandbox, where nothing of it can run. */
export async function openReport(job: Job, { api, app, trans }: Context): Promise<void> {
  const id = `nb2prod-report-${job.id}`;
  const html = await announce(trans.__('Opening the report'), api.report(job.id), () => null);
  if (html === null) {
    return;
  }
  if (![...app.shell.widgets('main')].some(widget => widget.id === id)) {
    const frame = element('iframe', { sandbox: '', srcdoc: html, title: trans.__('Report') });
    const node = element('div', { class: 'jp-nb2prod-report' }, frame);
    const widget = new MainAreaWidget({ content: new Widget({ node }) });
    widget.id = id;
    widget.title.label = trans.__('Report: %1', job.path);
    widget.title.icon = packageIcon;
    widget.title.closable = true;
    app.shell.add(widget, 'main');
  }
  app.shell.activateById(id);
}
