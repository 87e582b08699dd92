import { Notification } from '@jupyterlab/apputils';

import { describe } from './planned';

const QUICK = 400; // ms: what is done by then needs no sign that it goes on
const SEEN = 15_000; // ms that good news stays
const SETTLED = 1000; // ms until a notification surely listens to updates

/** What to say when work is done. */
export interface Ending {
  message: string;
  actions?: Notification.IAction[];
}

/**
 * Say that work goes on if it takes a while, and how it ended; null where it failed.
 *
 * Not `Notification.promise`: that one spins for ever when the work ends before it is first drawn
 * (jupyterlab#15558).
 */
export async function announce<T>(
  message: string,
  work: Promise<T>,
  done: (value: T) => Ending | null
): Promise<T | null> {
  let id = '';
  let since = 0;
  const timer = window.setTimeout(() => {
    id = Notification.emit(message, 'in-progress', { autoClose: false });
    since = Date.now();
  }, QUICK);
  try {
    const value = await work;
    window.clearTimeout(timer);
    await end(id, since, 'success', done(value));
    return value;
  } catch (error) {
    window.clearTimeout(timer);
    const { message: reason, hint } = describe(error);
    await end(id, since, 'error', { message: [reason, hint].filter(Boolean).join(' ') });
    return null;
  }
}

async function end(
  id: string,
  since: number,
  type: 'success' | 'error',
  ending: Ending | null
): Promise<void> {
  if (id) {
    await new Promise(resolve => window.setTimeout(resolve, since + SETTLED - Date.now()));
  }
  if (!ending) {
    if (id) {
      Notification.dismiss(id);
    }
    return;
  }
  const autoClose = type === 'success' ? SEEN : (false as const);
  const options = { autoClose, actions: ending.actions ?? [] };
  if (id) {
    Notification.update({ id, message: ending.message, type, ...options });
  } else {
    Notification.emit(ending.message, type, options);
  }
}
