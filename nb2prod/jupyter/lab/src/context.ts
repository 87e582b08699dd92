import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Jobs } from './jobs';
import type { Plans } from './plans';
import type { Api } from './request';

/** What the parts of the extension share. */
export interface Context {
  app: JupyterFrontEnd;
  api: Api;
  plans: Plans;
  jobs: Jobs;
  trans: TranslationBundle;
  stages: string[]; // filled by the handshake
  editors: IEditorServices | null;
}

/** The commands, by what they do. */
export const CommandIDs = {
  open: 'nb2prod:open-panel',
  convert: 'nb2prod:convert',
  files: 'nb2prod:convert-files',
  preview: 'nb2prod:preview',
  verify: 'nb2prod:verify',
  verifyWith: 'nb2prod:verify-with',
  stage: 'nb2prod:set-stage'
} as const;
