/** What the server says, as JSON (docs/jupyter-api.md): nothing here is computed in the browser. */

export interface Info {
  version: string;
  api: number;
  stages: string[];
}

export interface PlannedCell {
  index: number;
  id: string | null;
  stage: string | null;
  reason?: string | null;
}

export interface PlannedFunction {
  name: string;
  module: string;
  stage: string;
  inputs: string[];
  outputs: string[];
  cells: number[];
  doc?: string;
}

export interface PlannedModule {
  name: string;
  functions: PlannedFunction[];
}

export interface Source {
  name: string;
  direction: 'read' | 'write';
  location: string;
  kind: string;
  format: string;
  cell: number;
  line: number;
  external?: boolean;
}

export interface Question {
  key: string;
  text: string;
  why: string;
  answer: string;
  cell: number;
  line: number;
}

export interface Diagnostic {
  code: string;
  severity: 'error' | 'warning' | 'note';
  message: string;
  hint: string;
  cell: number | null;
  line: number | null;
}

export interface LeftOut {
  cell: number;
  line: number;
  code: string;
  reason: string;
}

export interface Plan {
  package: string;
  title: string;
  folder: string;
  cells: PlannedCell[];
  modules: PlannedModule[];
  sources: Source[];
  questions: Question[];
  diagnostics: Diagnostic[];
  left_out: LeftOut[];
}

export type Change = 'add' | 'replace' | 'remove' | 'unchanged' | 'keep' | 'refused';

export interface PreviewFile {
  path: string;
  text: string | null;
  bytes: number;
  change: Change;
  diff: string;
}

export interface Converted {
  folder: string;
  files: number;
  readme: string;
  functions: number;
  left_out: number;
}

export interface Row {
  name: string;
  status: string;
  detail: string;
}

export interface Verdict {
  outcome: string;
  words?: string; // the outcome as a sentence
  notes?: string[];
  values: Row[];
  files: Row[];
  counts: Record<string, number>;
}

export interface Failure {
  message: string;
  hint?: string;
  cell?: number | null;
  line?: number | null;
  files?: string[];
}

/** What became of one notebook of a batch. */
export interface BatchRow extends Partial<Converted> {
  path: string;
  error?: Failure;
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Job {
  id: string;
  kind: 'verify' | 'batch';
  path: string;
  state: JobState;
  progress: { text: string; done: number | null; total: number | null };
  seconds: number | null;
  result: unknown;
  error: Failure | null;
  report: string | null;
}

/** How to verify; what is not said is as the notebook has it, or the default. */
export interface VerifyOptions {
  kernel?: string | null;
  timeout?: number | null; // seconds of one run
  network?: boolean;
  tests?: boolean; // make tests of the run
}

/** What a request is about: the notebook as it is in the editor, and what is to be made of it. */
export interface Subject {
  path: string;
  content: unknown;
  package?: string | null;
  folder?: string;
}
