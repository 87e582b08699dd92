import type { TranslationBundle } from '@jupyterlab/translation';

import type { Diagnostic, Failure, LeftOut, Plan, Question, Source } from './contract';
import { element, prose } from './dom';
import { cellLink, type Reveal } from './tree';

/** The parts of the panel below the tree; those that have nothing to say are not there. */
export function findings(plan: Plan, trans: TranslationBundle, reveal: Reveal): HTMLElement[] {
  const at = (cell: number | null, line: number | null) =>
    cell === null ? null : cellLink(cell, line, trans, reveal);
  const diagnostic = (item: Diagnostic) => [
    element('span', { class: 'jp-nb2prod-code', 'data-severity': item.severity }, item.code),
    ' ',
    prose(item.message),
    ' ',
    at(item.cell, item.line),
    item.hint && element('div', { class: 'jp-nb2prod-hint' }, prose(item.hint))
  ];
  const source = (item: Source) => [
    item.direction === 'write' ? trans.__('Writes') : trans.__('Reads'),
    ' ',
    element('code', {}, item.location),
    ` ${[item.format, item.kind].filter(Boolean).join(' ')} `,
    at(item.cell, item.line)
  ];
  const question = (item: Question) => [
    prose(item.text),
    ' ',
    at(item.cell, item.line),
    element('div', { class: 'jp-nb2prod-hint' }, prose(item.answer || item.why))
  ];
  const leftOut = (item: LeftOut) => [
    prose(item.reason),
    ' ',
    at(item.cell, item.line),
    element('pre', {}, item.code)
  ];
  return [
    section('findings', trans.__('Findings'), plan.diagnostics.map(diagnostic)),
    section('sources', trans.__('Data'), plan.sources.map(source)),
    section('questions', trans.__('Questions to you'), plan.questions.map(question)),
    section('left-out', trans.__('Left out'), plan.left_out.map(leftOut), false)
  ].filter(part => part !== null);
}

function section(
  key: string,
  label: string,
  rows: (Node | string | null)[][],
  open = true
): HTMLElement | null {
  return rows.length
    ? element(
        'details',
        { class: `jp-nb2prod-section jp-nb2prod-${key}`, open, 'data-key': `section ${key}` },
        element('summary', {}, `${label} (${rows.length})`),
        element('ul', {}, ...rows.map(row => element('li', {}, ...row)))
      )
    : null;
}

/** Why there is no plan, and where to look. */
export function failureNode(
  failure: Failure,
  trans: TranslationBundle,
  reveal: Reveal
): HTMLElement {
  return element(
    'div',
    { class: 'jp-nb2prod-failure', role: 'alert' },
    element('div', {}, prose(failure.message)),
    failure.hint ? element('div', { class: 'jp-nb2prod-hint' }, prose(failure.hint)) : null,
    typeof failure.cell === 'number' && cellLink(failure.cell, failure.line ?? null, trans, reveal)
  );
}
