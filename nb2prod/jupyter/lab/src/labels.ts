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

/** What became of a value, in the user's language. */
export function statusLabel(status: string, trans: TranslationBundle): string {
  const labels: Record<string, string> = {
    equal: trans.__('equal'),
    different: trans.__('different'),
    'not reproducible': trans.__('not reproducible'),
    'not comparable': trans.__('not comparable'),
    absent: trans.__('absent'),
    extra: trans.__('extra')
  };
  return labels[status] ?? status;
}
