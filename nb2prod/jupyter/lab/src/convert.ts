import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';

import type { Context } from './context';
import type { Converted, Plan, Subject } from './contract';
import { element } from './dom';
import { RequestError } from './request';
import { announce, type Ending } from './toast';

/** The package's name, and its folder as a path of the Contents API. */
export interface Target {
  package: string;
  folder: string;
}

/**
 * Ask for name and folder, convert, and say where the package is.
 *
 * Returns where it was made, or null when it was not.
 */
export async function convert(
  subject: Subject,
  plan: Plan,
  context: Context
): Promise<Target | null> {
  const { trans } = context;
  const body = new TargetFields(plan, context);
  const answer = await showDialog({
    title: trans.__('Convert to a package'),
    body,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Convert') })],
    focusNodeSelector: 'input'
  });
  if (!answer.button.accept || !answer.value) {
    return null;
  }
  const work = write({ ...subject, ...answer.value }, context);
  const message = trans.__('Converting %1', subject.path);
  const made = await announce(message, work, done => done && ending(done, context));
  return made && answer.value;
}

/** Convert; where that would overwrite what nb2prod did not make, ask first. Null: better not. */
async function write(subject: Subject, context: Context): Promise<Converted | null> {
  try {
    return await context.api.convert({ ...subject, force: false });
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 409) {
      throw error;
    }
    const sure = await mayOverwrite(error, context);
    return sure ? await context.api.convert({ ...subject, force: true }) : null;
  }
}

async function mayOverwrite({ failure }: RequestError, { trans }: Context): Promise<boolean> {
  const files = (failure.files ?? []).map(file => element('li', {}, element('code', {}, file)));
  const node = element('div', {}, failure.message, element('ul', {}, ...files));
  const answer = await showDialog({
    title: trans.__('Overwrite these files?'),
    body: new Widget({ node }),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Overwrite') })],
    defaultButton: 0
  });
  return answer.button.accept;
}

function ending(made: Converted, { app, trans }: Context): Ending {
  const message = trans.__(
    '%1 in %2: %3',
    trans._n('%1 function', '%1 functions', made.functions),
    made.folder,
    trans._n('%1 file', '%1 files', made.files)
  );
  const callback = () => openReadme(made, app);
  return { message, actions: [{ label: trans.__('Open README'), callback }] };
}

/** Show a package in the file browser, and its README. */
export function openReadme(made: Converted, app: JupyterFrontEnd): void {
  void app.commands.execute('filebrowser:go-to-path', { path: made.folder });
  void app.commands.execute('docmanager:open', { path: made.readme, factory: 'Markdown Preview' });
}

/** The fields of the dialog. */
class TargetFields extends Widget implements Dialog.IBodyWidget<Target> {
  constructor(plan: Plan, { trans }: Context) {
    super();
    this.addClass('jp-nb2prod-target');
    this.name = element('input', { class: 'jp-mod-styled', value: plan.package, name: 'package' });
    this.folder = element('input', { class: 'jp-mod-styled', value: plan.folder, name: 'folder' });
    this.node.append(
      element('label', {}, trans.__('Package name'), this.name),
      element('label', {}, trans.__('Folder'), this.folder)
    );
  }

  getValue(): Target {
    return { package: this.name.value.trim(), folder: this.folder.value.trim() };
  }

  private readonly name: HTMLInputElement;
  private readonly folder: HTMLInputElement;
}
