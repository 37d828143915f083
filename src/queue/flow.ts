import type { FlowJob } from 'bullmq';
import type { ClipOrder } from '../batch/index.js';
import type { JoinJob, PlannedClip, SegmentJob } from './jobs.js';
import { PREFIX } from './names.js';

/** How often a job is tried that fails for reasons other than its clip. */
const ATTEMPTS = 4;
/** Seconds that finished clips are kept, for every batch that waits for them. */
const KEEP_DONE = 600;
const KEEP_FAILED = 24 * 3600;

/** What holds for every job: failures are tried again, after `retry` milliseconds at first. */
export function jobOptions(retry: number) {
  return {
    attempts: ATTEMPTS,
    backoff: { type: 'exponential', delay: retry },
    removeOnComplete: { age: KEEP_DONE },
    removeOnFail: { age: KEEP_FAILED },
    stackTraceLimit: 1,
  };
}

/** The flow of a clip: its segments, and above them the joining, whose number is the clip's key. */
export function flowOf(order: ClipOrder, planned: PlannedClip, queueName: string, retry: number): FlowJob {
  const { video, segments, fps, warnings } = planned;
  const join: JoinJob = { order, video, fps, warnings };
  return {
    name: 'join',
    queueName,
    prefix: PREFIX,
    data: join,
    opts: { ...jobOptions(retry), jobId: order.key },
    children: segments.map((segment) => {
      const data: SegmentJob = { order, video, segment };
      return {
        name: 'segment',
        queueName,
        prefix: PREFIX,
        data,
        opts: {
          ...jobOptions(retry),
          // What it gave is kept by the joining.
          removeOnComplete: true,
          continueParentOnFailure: true,
          jobId: `${order.key}-${segment.index}`,
        },
      };
    }),
  };
}
