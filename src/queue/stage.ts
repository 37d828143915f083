import type { ClipOrder, DoneClip } from '../batch/index.js';
import type { ApartVideo, SegmentPlace, SegmentRecord } from '../video/index.js';
import type { JoinJob, PlannedClip } from './jobs.js';

/** What a worker does with a clip, in three kinds of jobs that may fall to three workers. Everything can be done twice without harm. */
export interface Stage {
  /** Checks the clip, and decides its segments. */
  plan(order: ClipOrder, signal: AbortSignal): Promise<PlannedClip>;
  /** Draws a segment and puts it into the store. */
  draw(
    order: ClipOrder,
    video: ApartVideo,
    segment: SegmentPlace,
    signal: AbortSignal,
  ): Promise<SegmentRecord>;
  /** Joins the segments, puts the video into the store, and writes its record. */
  join(job: JoinJob, records: readonly SegmentRecord[], signal: AbortSignal): Promise<DoneClip>;
  close(): Promise<void>;
}
