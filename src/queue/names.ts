import type { BundleId } from '../batch/index.js';
import { version } from '../pipeline/index.js';

/** Keys of BullMQ in Redis begin with it. */
export const PREFIX = 'handfirst';

/**
 * Name of the queue of clips that no worker has begun. It holds everything that must be the same: the store, the version, the bundle. A worker
 * that has something else serves another queue.
 */
export function clipQueue(store: string, bundle: BundleId): string {
  return `clips-${store}-${version()}-${bundle.sha256.slice(0, 12)}`;
}

/** Pattern of the queues of clips of the same store, whatever version and bundle. */
export function storePattern(clips: string): string {
  return clips.replace(/^(clips-[^-]+)-.*$/, '$1-*');
}

/** Name of the queue of segments and joins of clips that workers of one fingerprint have begun. */
export function segmentQueue(clips: string, fingerprint: string): string {
  return `${clips.replace(/^clips-/, 'segments-')}-${fingerprint.slice(0, 12)}`;
}
