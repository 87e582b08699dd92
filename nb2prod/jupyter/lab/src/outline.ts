import type { Plan, PlannedFunction } from './contract';

/** The functions that code of a cell goes into. */
export function functionsOf(plan: Plan, cell: number): PlannedFunction[] {
  return plan.modules.flatMap(module => module.functions).filter(item => item.cells.includes(cell));
}

/** How a function is called, as one reads it: `clean(customers, limit) → customers`. */
export function signature(item: PlannedFunction): string {
  const call = `${item.name}(${item.inputs.join(', ')})`;
  return item.outputs.length ? `${call} → ${item.outputs.join(', ')}` : call;
}

/** What goes into a function and what comes out: `customers, limit → customers`. */
export function flow(item: PlannedFunction): string {
  return `${item.inputs.join(', ')} → ${item.outputs.join(', ')}`.replace(/ → $/, '').trim();
}

/** The numbers of cells as ranges: `3–5, 8`. */
export function ranges(cells: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const cell of [...new Set(cells)].sort((a, b) => a - b)) {
    const last = runs[runs.length - 1];
    if (last && cell === last[1] + 1) {
      last[1] = cell;
    } else {
      runs.push([cell, cell]);
    }
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** How many functions a plan has. */
export function functionCount(plan: Plan): number {
  return plan.modules.reduce((sum, module) => sum + module.functions.length, 0);
}
