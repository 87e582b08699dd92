import { Notification } from '@jupyterlab/apputils';

import type { Context } from './context';

/** The version of the REST interface that this extension speaks. */
const API = 1;

/** Learn once what the server's nb2prod can do; an old page says that it is old. */
export async function handshake(context: Context): Promise<void> {
  if (context.stages.length) {
    return;
  }
  const info = await context.api.info();
  context.stages.splice(0, context.stages.length, ...info.stages);
  if (info.api !== API) {
    const { trans } = context;
    Notification.warning(trans.__('nb2prod on the server is another version: reload this page.'));
  }
}
