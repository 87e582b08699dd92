/** The stage that an author gave a cell, as its metadata has it: `{"nb2prod": {"stage": "clean"}}`. */
export function stageIn(metadata: unknown): string | null {
  const stage = isRecord(metadata) ? metadata['stage'] : null;
  return typeof stage === 'string' ? stage : null;
}

/** The metadata with another stage, or none for null; undefined when nothing is left of it. */
export function withStage(
  metadata: unknown,
  stage: string | null
): Record<string, unknown> | undefined {
  const others = isRecord(metadata) ? { ...metadata } : {};
  delete others['stage'];
  const changed = stage === null ? others : { ...others, stage };
  return Object.keys(changed).length ? changed : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
