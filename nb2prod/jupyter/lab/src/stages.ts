import type { TranslationBundle } from '@jupyterlab/translation';

/** What a stage is called in the user's language; one that the server has anew, as it calls it. */
export function stageLabel(stage: string, trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    setup: trans.__('setup'),
    load: trans.__('load'),
    clean: trans.__('clean'),
    feature: trans.__('feature'),
    explore: trans.__('explore'),
    train: trans.__('train'),
    evaluate: trans.__('evaluate'),
    predict: trans.__('predict'),
    save: trans.__('save'),
    other: trans.__('other')
  };
  return labels[stage] ?? stage;
}
