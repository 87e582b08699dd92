/** What a line of a unified diff is. */
export type LineKind = 'head' | 'hunk' | 'added' | 'removed' | 'same';

/** The lines of a unified diff, each with its kind. */
export function diffLines(diff: string): { kind: LineKind; text: string }[] {
  let inHunk = false;
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .map(text => {
      inHunk = text.startsWith('@@') || (inHunk && !text.startsWith('diff '));
      return { kind: kindOf(text, inHunk), text };
    });
}

function kindOf(text: string, inHunk: boolean): LineKind {
  if (!inHunk) {
    return 'head';
  }
  if (text.startsWith('@@')) {
    return 'hunk';
  }
  return text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'same';
}
