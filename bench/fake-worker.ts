import { setTimeout as wait } from 'node:timers/promises';
import type { ClipOrder, DoneClip } from '../src/batch/index.js';
import { connect } from '../src/queue/connection.js';
import type { JoinJob, PlannedClip } from '../src/queue/jobs.js';
import type { Stage } from '../src/queue/stage.js';
import { QueueWorker } from '../src/queue/worker.js';
import type { ApartVideo, SegmentPlace, SegmentRecord } from '../src/video/index.js';

/*
 * A worker that draws nothing: each segment takes a fixed time in which its processor is idle, so that as many workers as wished can be
 * measured on a machine of few cores. What is left is the cost of the queue. Arguments: address, queue, segments a clip, milliseconds.
 */

const [address = '', clips = '', segments = '', milliseconds = ''] = process.argv.slice(2);
const NOTHING = '0'.repeat(64);

const video: ApartVideo = {
  plan: {
    format: 'mp4',
    width: 512,
    height: 512,
    fps: { num: 25, den: 1 },
    alpha: false,
    crf: 16,
    threads: 1,
    segmentFrames: 48,
  },
  metadata: {
    generator: 'handfirst',
    generated: true,
    digitalSourceType: 'trainedAlgorithmicMedia',
    version: '0',
    pose: { name: 'none', sha256: NOTHING },
    options: {},
    command: ['handfirst'],
  },
  fingerprint: NOTHING,
};

const stage: Stage = {
  async plan(): Promise<PlannedClip> {
    const places = Array.from({ length: Number(segments) }, (_, index) => ({
      index,
      firstFrame: index * 48,
      frames: 48,
    }));
    return { video, segments: places, fps: 25, warnings: [] };
  },
  async draw(_order: ClipOrder, _video: ApartVideo, place: SegmentPlace): Promise<SegmentRecord> {
    await wait(Number(milliseconds));
    return { kind: 'segment', ...place, files: ['none'], sha256: NOTHING };
  },
  async join({ order, fps }: JoinJob, records: readonly SegmentRecord[]): Promise<DoneClip> {
    const frames = records.reduce((sum, record) => sum + record.frames, 0);
    return {
      output: order.clip.output.path,
      key: order.key,
      sha256: NOTHING,
      frames,
      fps,
      bytes: 0,
      warnings: [],
    };
  },
  async close() {},
};

const client = await connect(address);
const worker = new QueueWorker({ client, clips, fingerprint: NOTHING, stage });
process.on('disconnect', () => void worker.stop(0).then(() => process.exit(0)));
process.send?.('ready');
