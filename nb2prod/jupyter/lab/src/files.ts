import { Dialog, showDialog } from '@jupyterlab/apputils';

import type { Context } from './context';
import { CommandIDs } from './context';
import { convert } from './convert';
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
  const subject = { path: first, content: null };
  const { api, trans } = context;
  const message = trans.__('Reading %1', first);
  const plan = await announce(message, api.inspect(subject), () => null);
  if (plan) {
    await convert(subject, plan, context);
  }
}

async function convertAll(paths: string[], context: Context): Promise<void> {
  const { api, app, jobs, trans } = context;
  const answer = await showDialog({
    title: trans._n('Convert %1 notebook?', 'Convert %1 notebooks?', paths.length),
    body: trans.__('Each package is made beside its notebook; none over what is there.'),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Convert') })]
  });
  if (answer.button.accept) {
    const job = await announce(trans.__('Converting'), api.batch(paths), () => null);
    if (job) {
      jobs.follow(job);
      await app.commands.execute(CommandIDs.open);
    }
  }
}
