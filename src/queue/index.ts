export { openQueueRunner, type QueuePlace, statusOf } from './open-runner.js';
export { type OpenedWorker, type OpenWorkerOptions, openWorker } from './open-worker.js';
export { type WorkerEvent, WorkerEvents } from './worker.js';
export type { QueueStatus } from './workers.js';
