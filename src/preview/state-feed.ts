/** Shortest time between two states that are sent, milliseconds. */
const PAUSE_MS = 100;

/** Tells every listener when something has changed, not more often than they can take in. */
export class StateFeed {
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;

  readonly changed = (): void => {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const listener of this.listeners) listener();
    }, PAUSE_MS);
  };

  /** Gives the way to stop listening. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    clearTimeout(this.timer);
    this.listeners.clear();
  }
}
