import type { Redis } from 'ioredis';
import { segmentQueue, storePattern } from './names.js';
import { listWorkers } from './workers.js';

/** Who serves a queue of clips, looked at now and then for all who ask. */
export class Presence {
  /** Workers of the same store with another version or bundle, while there are none for these clips. */
  strangers = 0;
  private looked = 0;
  private readonly since: number;
  /** Those that are loading their models as well. */
  private workers = 0;
  private served = new Set<string>();
  /** Queues of segments that no worker serves, and when that was first seen. */
  private readonly deserted = new Map<string, number>();

  constructor(
    private readonly client: Redis,
    private readonly clips: string,
    /** Milliseconds after which no worker is expected to come back. */
    private readonly patience: number,
  ) {
    this.since = Date.now();
  }

  /** Looks again where that is due. */
  async look(): Promise<void> {
    if (Date.now() - this.looked < this.patience / 6) return;
    this.looked = Date.now();
    const workers = await listWorkers(this.client, this.clips);
    this.workers = workers.length;
    if (this.workers === 0)
      this.strangers = (await listWorkers(this.client, storePattern(this.clips))).length;
    this.served = new Set(
      workers.flatMap(({ fingerprint }) =>
        fingerprint === undefined ? [] : [segmentQueue(this.clips, fingerprint)],
      ),
    );
    for (const queue of this.deserted.keys()) if (this.served.has(queue)) this.deserted.delete(queue);
  }

  /** Whether there has been no worker at all for a while. */
  get alone(): boolean {
    return this.workers === 0 && Date.now() - this.since > this.patience / 6;
  }

  /** Whether the workers of a queue of segments have gone for good, while there are others. */
  isDeserted(queue: string): boolean {
    if (this.served.size === 0 || this.served.has(queue)) return false;
    const first = this.deserted.get(queue) ?? Date.now();
    this.deserted.set(queue, first);
    return Date.now() - first > this.patience;
  }
}
