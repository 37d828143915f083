export { type Content, Contents, hashOf, withFiles } from './content.js';
export {
  type DoneClip,
  doneSchema,
  proofKey,
  readDone,
  stateOf,
  type VideoState,
  writeDone,
} from './done.js';
export { type ClipFailure, clipFailureOf, clipFailureSchema } from './failure.js';
export { findRows } from './find-rows.js';
export { FolderStore } from './folder-store.js';
export { type BatchItem, type ClipOptions, itemsOf, REPORT, type SharedOptions } from './items.js';
export { type BundleId, bundleId, type ClipOrder, orderOf, orderSchema } from './order.js';
export { Pool, type PoolOptions } from './pool.js';
export {
  BatchEvents,
  type BatchOptions,
  type BatchProgress,
  type BatchSummary,
  type ClipEvent,
  type ListedFailure,
  runBatch,
} from './run-batch.js';
export type { ClipOutcome, ClipRunner } from './runner.js';
export { type BatchStatus, batchStatus } from './status.js';
export { STORE_FOLDER, type Store } from './store.js';
export { usualWorkers } from './workers.js';
