import { InputDialog, Notification } from '@jupyterlab/apputils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';

import { CommandIDs, type Context } from './context';
import { convert } from './convert';
import { convertFiles } from './files';
import { handshake } from './handshake';
import { packageIcon } from './icon';
import { type PlannedNotebook, stageOf } from './planned';
import { openPreview } from './preview';
import { activeCodeCell } from './stagePicker';
import { stageLabel } from './labels';
import { verify, verifyWith } from './verify';

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;
const A_STAGE = {
  args: { type: 'object', properties: { stage: { type: 'string' } } }
} as const;

/** Add the commands; each works on the notebook that was last looked at. */
export function addCommands(
  context: Context,
  tracker: INotebookTracker,
  browsers: IFileBrowserFactory | null,
  panel: string
): void {
  const { app, trans } = context;
  const isEnabled = () => tracker.currentWidget !== null;
  const add = (
    id: string,
    label: string,
    caption: string,
    execute: (notebook: PlannedNotebook) => unknown
  ) =>
    app.commands.addCommand(id, {
      label,
      caption,
      describedBy: NO_ARGUMENTS,
      isEnabled,
      execute: () => context.plans.current && execute(context.plans.current)
    });

  app.commands.addCommand(CommandIDs.open, {
    label: args => (args['toolbar'] ? '' : trans.__('Show as Package')),
    caption: trans.__('Show what this notebook would become as a package'),
    icon: packageIcon,
    describedBy: NO_ARGUMENTS,
    execute: () => app.shell.activateById(panel)
  });
  add(
    CommandIDs.convert,
    trans.__('Convert to Package…'),
    trans.__('Make a Python package of this notebook'),
    notebook => convertCurrent(notebook, context)
  );
  add(
    CommandIDs.preview,
    trans.__('Preview Package'),
    trans.__('Show the files that this notebook would become'),
    notebook => openPreview(notebook, context)
  );
  add(
    CommandIDs.verify,
    trans.__('Verify Package'),
    trans.__('Run notebook and package, and compare what they compute'),
    notebook => verify(notebook, context)
  );
  add(
    CommandIDs.verifyWith,
    trans.__('Verify Package With…'),
    trans.__('Verify with another kernel, time limit, network or tests'),
    notebook => verifyWith(notebook, context)
  );
  app.commands.addCommand(CommandIDs.stage, {
    label: args => labelOf(args['stage'], context),
    caption: trans.__('Say which stage of the package the current cell belongs to'),
    describedBy: A_STAGE,
    isEnabled: () => activeCodeCell(tracker.currentWidget) !== null,
    isToggled: args => {
      const cell = activeCodeCell(tracker.currentWidget);
      return (
        typeof args['stage'] === 'string' &&
        (cell && stageOf(cell.model)) === (args['stage'] || null)
      );
    },
    execute: args => setStage(args['stage'], context)
  });
  app.commands.addCommand(CommandIDs.files, {
    label: trans.__('Convert to Package…'),
    icon: packageIcon,
    describedBy: NO_ARGUMENTS,
    execute: () => convertFiles(selectedNotebooks(browsers), context)
  });
  tracker.currentChanged.connect(() => {
    Object.values(CommandIDs).forEach(id => app.commands.notifyCommandChanged(id));
  });
}

async function convertCurrent(notebook: PlannedNotebook, context: Context): Promise<void> {
  if (!notebook.plan) {
    await notebook.refresh();
  }
  if (notebook.plan) {
    notebook.chosen =
      (await convert(notebook.subject(), notebook.plan, context)) ?? notebook.chosen;
    await notebook.refresh();
  } else if (notebook.failure) {
    const { message, hint } = notebook.failure;
    Notification.error([message, hint].filter(Boolean).join(' '), { autoClose: false });
  }
}

function labelOf(stage: unknown, { trans }: Context): string {
  if (typeof stage !== 'string') {
    return trans.__('Set Stage of Cell…');
  }
  return stage ? stageLabel(stage, trans) : trans.__('automatic');
}

/** Give the current cell a stage; asks which if none is given ("" is automatic). */
async function setStage(stage: unknown, context: Context): Promise<void> {
  const { plans, stages, trans } = context;
  const notebook = plans.current;
  const cell = activeCodeCell(notebook?.panel);
  if (!notebook || !cell) {
    return;
  }
  await handshake(context);
  const keys = ['', ...stages];
  const labels = keys.map(key => labelOf(key, context));
  const ask = async () => {
    const { value } = await InputDialog.getItem({
      title: trans.__('Stage of this cell'),
      items: labels,
      current: keys.indexOf(stageOf(cell.model) ?? '')
    });
    return value === null ? null : (keys[labels.indexOf(value)] ?? null);
  };
  const chosen = typeof stage === 'string' ? stage : await ask();
  if (chosen !== null) {
    await notebook.setStage(cell.model, chosen || null);
  }
}

function selectedNotebooks(browsers: IFileBrowserFactory | null): string[] {
  const browser = browsers?.tracker.currentWidget;
  const items = browser ? [...browser.selectedItems()] : [];
  return items.filter(item => item.type === 'notebook').map(item => item.path);
}
