import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { keepBadges } from './badges';
import { addCommands } from './commands';
import { CommandIDs, type Context } from './context';
import type { Job } from './contract';
import { packageIcon } from './icon';
import { Jobs } from './jobs';
import { Memory } from './memory';
import { PlanPanel } from './panel';
import { Plans } from './plans';
import { Api } from './request';

const PLUGIN = 'nb2prod:plugin';
const PANEL = 'nb2prod-panel';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: 'Shows what a notebook would become as a Python package, and makes it.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [
    ICommandPalette,
    IEditorServices,
    IFileBrowserFactory,
    ILayoutRestorer,
    ISettingRegistry,
    ITranslator
  ],
  activate
};

function activate(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  palette: ICommandPalette | null,
  editors: IEditorServices | null,
  browsers: IFileBrowserFactory | null,
  restorer: ILayoutRestorer | null,
  settings: ISettingRegistry | null,
  translator: ITranslator | null
): void {
  const trans = (translator ?? nullTranslator).load('nb2prod');
  const api = new Api(app.serviceManager.serverSettings);
  const plans = new Plans(tracker, api);
  const { baseUrl } = app.serviceManager.serverSettings;
  const jobs = new Jobs(api, new Memory(`nb2prod:jobs:${baseUrl}`, () => window.localStorage));
  const context: Context = { app, api, plans, jobs, trans, stages: [], editors };

  addPanel(context, tracker, restorer);
  addCommands(context, tracker, browsers, PANEL);
  const { open, convert, preview, verify, verifyWith, stage } = CommandIDs;
  for (const command of [open, convert, preview, verify, verifyWith, stage]) {
    palette?.addItem({ command, category: trans.__('Notebook Operations') });
  }
  addBadges(context, settings);
  jobs.ended.connect((_, job) => sayEnd(job, context));
  void app.restored.then(() => sayRunning(context));
}

function addPanel(
  context: Context,
  tracker: INotebookTracker,
  restorer: ILayoutRestorer | null
): void {
  const panel = new PlanPanel(context, tracker);
  panel.id = PANEL;
  panel.title.icon = packageIcon;
  panel.title.caption = context.trans.__('Notebook as a package');
  panel.node.setAttribute('role', 'region');
  panel.node.setAttribute('aria-label', panel.title.caption);
  context.app.shell.add(panel, 'right', { rank: 900, type: 'nb2prod' });
  restorer?.add(panel, PANEL);
}

function addBadges(context: Context, settings: ISettingRegistry | null): void {
  let shown = true;
  context.plans.added.connect((_, notebook) => keepBadges(notebook, context, () => shown));
  void settings?.load(PLUGIN).then(
    loaded => {
      const read = () => {
        shown = loaded.get('badges').composite !== false;
      };
      loaded.changed.connect(() => {
        read();
        context.plans.redraw();
      });
      read();
    },
    () => undefined // without the schema the default holds
  );
}

/** Say what still runs of the page that was here before; silent where it is seen anyway. */
async function sayRunning({ app, jobs, trans }: Context): Promise<void> {
  const running = await jobs.recall().catch(() => []);
  const seen = [...app.shell.widgets('right')].some(part => part.id === PANEL && part.isVisible);
  for (const job of seen ? [] : running) {
    const callback = () => void app.commands.execute(CommandIDs.open);
    const actions = [{ label: trans.__('Show'), callback }];
    Notification.info(trans.__('%1: still runs', job.path), { autoClose: 10_000, actions });
  }
}

function sayEnd(job: Job, { app, trans }: Context): void {
  const label = trans.__('Show');
  const actions = [{ label, callback: () => void app.commands.execute(CommandIDs.open) }];
  const message = trans.__('%1: %2', job.path, outcome(job));
  if (job.state === 'failed') {
    Notification.error(message, { autoClose: false, actions });
  } else if (job.state === 'done') {
    Notification.info(message, { autoClose: 10_000, actions });
  }
}

function outcome(job: Job): string {
  const result = job.result as { outcome?: string } | null;
  return job.error?.message ?? result?.outcome ?? job.state;
}

export default plugin;
