/** What a page leaves for the next one, as `localStorage` does; a browser may forbid it. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Which jobs a page saw running: only then the next page asks for jobs before anybody looks. */
export class Memory {
  constructor(
    private readonly key: string,
    private readonly store: () => Store
  ) {}

  /** The jobs that were running when the last page went. */
  recall(): string[] {
    try {
      const ids: unknown = JSON.parse(this.store().getItem(this.key) ?? '[]');
      return Array.isArray(ids) ? ids.filter(id => typeof id === 'string') : [];
    } catch {
      return [];
    }
  }

  /** Keep the jobs that run now; nothing is kept of none. */
  keep(ids: readonly string[]): void {
    try {
      if (ids.length) {
        this.store().setItem(this.key, JSON.stringify(ids));
      } else {
        this.store().removeItem(this.key);
      }
    } catch {
      // then the panel finds them when it is opened
    }
  }
}
