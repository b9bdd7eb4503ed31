/** Loads each thing once, however many ask at the same time; a failure is forgotten, so that the next one tries again. */
export class PromiseCache<T> {
  private readonly entries = new Map<string, Promise<T>>();

  get(key: string, load: () => Promise<T>): Promise<T> {
    const cached = this.entries.get(key);
    if (cached) return cached;
    const entry = load();
    this.entries.set(key, entry);
    entry.catch(() => this.entries.delete(key));
    return entry;
  }

  /** Forgets everything; resolves to what was loaded. */
  async clear(): Promise<T[]> {
    const entries = await Promise.allSettled(this.entries.values());
    this.entries.clear();
    return entries.flatMap((entry) => (entry.status === 'fulfilled' ? [entry.value] : []));
  }
}
