import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';

import type { Context } from './context';
import { CommandIDs } from './context';
import type { Plan, Subject } from './contract';
import { convert } from './convert';
import { isOwn, serverPath } from './drives';
import { announce } from './toast';

/** Convert notebooks chosen in the file browser: one as from its own window, several as a job. */
export async function convertFiles(paths: string[], context: Context): Promise<void> {
  const [first, ...others] = paths;
  if (first === undefined) {
    return;
  }
  if (others.length) {
    await convertAll(paths, context);
    return;
  }
  const { trans } = context;
  const work = read(first, context);
  const found = await announce(trans.__('Reading %1', first), work, () => null);
  if (found) {
    await convert(found.subject, found.plan, context);
  }
}

/** Ask for the plan of a notebook that is not open; the server cannot read every drive. */
async function read(
  path: string,
  { api, app }: Context
): Promise<{ subject: Subject; plan: Plan }> {
  const { contents } = app.serviceManager;
  const local = contents.localPath(path);
  const content: unknown = isOwn(path, local)
    ? null
    : (await contents.get(path, { type: 'notebook' })).content;
  const subject = { path: serverPath(path, local), content };
  return { subject, plan: await api.inspect(subject) };
}

async function convertAll(paths: string[], context: Context): Promise<void> {
  const { api, app, jobs, trans } = context;
  const { contents } = app.serviceManager;
  if (!paths.every(path => isOwn(path, contents.localPath(path)))) {
    Notification.error(trans.__('Convert notebooks of another drive one at a time.'));
    return;
  }
  const answer = await showDialog({
    title: trans._n('Convert %1 notebook?', 'Convert %1 notebooks?', paths.length),
    body: trans.__('Each package is made beside its notebook; none over what is there.'),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Convert') })]
  });
  if (answer.button.accept) {
    const own = paths.map(path => serverPath(path, contents.localPath(path)));
    const job = await announce(trans.__('Converting'), api.batch(own), () => null);
    if (job) {
      jobs.follow(job);
      await app.commands.execute(CommandIDs.open);
    }
  }
}
