import { handFault } from './mend/hands.js';
import { confidenceOf, shareKnown } from './person.js';
import { PARTS, type PartName, type PoseClip, type PoseClipInfo, type PoseFrame } from './pose-frame.js';
import { dropFaint, PREPARE_DEFAULTS } from './prepare-frames.js';

/** What can be said of a part over a clip. */
export interface PartReport {
  /** Share of frames, 0..1, in which at least half of the part's points are known (confidence 0.05 and more). */
  readonly present: number;
  /** Longest run of frames without it, between frames with it. */
  readonly longestGap: number;
  /** Mean confidence of its known points. */
  readonly confidence: number;
}

/** What `pose info` tells. */
export interface PoseReport extends PoseClipInfo {
  readonly frameCount: number;
  /** Seconds. */
  readonly duration: number;
  readonly depth: boolean;
  readonly parts: Readonly<Record<PartName, PartReport>>;
  /** Sentences, the gravest first. */
  readonly problems: readonly string[];
}

interface PartCount {
  seen: number;
  gap: number;
  longestGap: number;
  confidence: number;
  points: number;
}

const PART_NAMES: readonly PartName[] = ['body', 'feet', 'face', 'leftHand', 'rightHand'];
const PLAIN: Readonly<Record<PartName, string>> = {
  body: 'body',
  feet: 'feet',
  face: 'face',
  leftHand: 'left hand',
  rightHand: 'right hand',
};

/** Counts over a clip, frame by frame. */
class Counter {
  frames = 0;
  depth = false;
  swapped = 0;
  twice = 0;
  repeated = 0;
  apart = 0;
  readonly box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  readonly parts: Readonly<Record<PartName, PartCount>> = {
    body: emptyCount(),
    feet: emptyCount(),
    face: emptyCount(),
    leftHand: emptyCount(),
    rightHand: emptyCount(),
  };
  private before: Float32Array | undefined;

  add({ keypoints, depth }: PoseFrame): void {
    this.frames += 1;
    this.depth ||= depth !== undefined;
    for (const name of PART_NAMES) this.addPart(name, keypoints);
    const fault = handFault(keypoints);
    if (fault === 'exchanged') this.swapped += 1;
    else if (fault !== 'none') this.twice += 1;
    if (this.before?.every((value, index) => value === keypoints[index])) this.repeated += 1;
    if (wristsApart(keypoints)) this.apart += 1;
    this.before = keypoints;
  }

  private addPart(name: PartName, keypoints: Float32Array): void {
    const { start, length } = PARTS[name];
    const count = this.parts[name];
    for (let index = start; index < start + length; index += 1) {
      const confidence = confidenceOf(keypoints, index);
      if (confidence <= 0) continue;
      count.confidence += confidence;
      count.points += 1;
      if (confidence >= 0.5 && name !== 'feet')
        this.widen(keypoints[index * 3] ?? 0, keypoints[index * 3 + 1] ?? 0);
    }
    if (shareKnown(keypoints, start, length) < 0.5) {
      count.gap += 1;
      return;
    }
    if (count.seen > 0) count.longestGap = Math.max(count.longestGap, count.gap);
    count.seen += 1;
    count.gap = 0;
  }

  private widen(x: number, y: number): void {
    this.box.left = Math.min(this.box.left, x);
    this.box.right = Math.max(this.box.right, x);
    this.box.top = Math.min(this.box.top, y);
    this.box.bottom = Math.max(this.box.bottom, y);
  }
}

function emptyCount(): PartCount {
  return { seen: 0, gap: 0, longestGap: 0, confidence: 0, points: 0 };
}

/** Whether a hand's wrist lies further than a shoulder's width from the body's. */
function wristsApart(keypoints: Float32Array): boolean {
  const gap = (a: number, b: number) =>
    confidenceOf(keypoints, a) <= 0 || confidenceOf(keypoints, b) <= 0
      ? 0
      : Math.hypot(
          (keypoints[a * 3] ?? 0) - (keypoints[b * 3] ?? 0),
          (keypoints[a * 3 + 1] ?? 0) - (keypoints[b * 3 + 1] ?? 0),
        );
  const shoulders = gap(5, 6);
  return shoulders > 0 && Math.max(gap(9, PARTS.leftHand.start), gap(10, PARTS.rightHand.start)) > shoulders;
}

/** Goes through a clip once and reports what it holds and what is wrong with it. */
export async function poseInfo(clip: PoseClip): Promise<PoseReport> {
  const counter = new Counter();
  for await (const frame of dropFaint(clip.frames(), PREPARE_DEFAULTS.minConfidence)) counter.add(frame);
  const report = (name: PartName): PartReport => {
    const { seen, longestGap, confidence, points } = counter.parts[name];
    return {
      present: counter.frames === 0 ? 0 : seen / counter.frames,
      longestGap,
      confidence: points === 0 ? 0 : confidence / points,
    };
  };
  const parts = {
    body: report('body'),
    feet: report('feet'),
    face: report('face'),
    leftHand: report('leftHand'),
    rightHand: report('rightHand'),
  };
  return {
    ...clip.info,
    frameCount: counter.frames,
    duration: counter.frames / clip.info.fps,
    depth: counter.depth,
    parts,
    problems: problemsOf(counter, clip.info, parts),
  };
}

function problemsOf(
  counter: Counter,
  info: PoseClipInfo,
  parts: Readonly<Record<PartName, PartReport>>,
): readonly string[] {
  const problems: string[] = [];
  const frames = (count: number) => `${count} ${count === 1 ? 'frame' : 'frames'}`;
  if (parts.leftHand.present === 0 && parts.rightHand.present === 0)
    problems.push('No hand is there in any frame.');
  for (const name of ['leftHand', 'rightHand'] as const) {
    if (parts[name].present > 0 && parts[name].longestGap > 8) {
      problems.push(
        `The ${PLAIN[name]} is missing for up to ${frames(parts[name].longestGap)} on end; gaps longer than --max-gap stay open.`,
      );
    }
  }
  if (parts.body.present === 0) problems.push('The body is not known in any frame: hands alone are drawn.');
  if (counter.swapped > 0)
    problems.push(
      `Left and right hand are exchanged in ${frames(counter.swapped)}; this is mended unless --no-swaps is given.`,
    );
  if (counter.twice > 0)
    problems.push(
      `One hand is found twice in ${frames(counter.twice)}; the one on the wrong arm is dropped unless --no-swaps is given.`,
    );
  if (counter.apart > 0)
    problems.push(`A hand lies further than the shoulders' width from its arm in ${frames(counter.apart)}.`);
  if (counter.repeated > counter.frames / 4) {
    problems.push(
      `${frames(counter.repeated)} repeat the frame before: the rate of ${info.fps} frames a second may be too high.`,
    );
  }
  if (info.fps < 10 || info.fps > 120)
    problems.push(`${info.fps} frames a second is unusual; --fps sets another.`);
  const { left, right, top, bottom } = counter.box;
  if (right > left && (right - left < info.width * 0.3 || bottom - top < info.height * 0.3)) {
    problems.push(
      `The signer takes ${Math.round(right - left)} x ${Math.round(bottom - top)} of ${info.width} x ${info.height} pixels; --fit centre or --fit crop brings them nearer.`,
    );
  }
  if (left > info.width * 1.5 || right < -info.width * 0.5 || right - left > info.width * 3) {
    problems.push(
      `Points lie from ${Math.round(left)} to ${Math.round(right)} in a picture ${info.width} pixels wide; --size may be wrong.`,
    );
  }
  return problems;
}

/** The report as a table for a terminal. */
export function formatPoseReport(name: string, report: PoseReport): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const rows = [
    ['format', report.format],
    ['picture', `${report.width} x ${report.height} pixels`],
    [
      'frames',
      `${report.frameCount}, ${Number(report.fps.toFixed(3))} a second, ${report.duration.toFixed(2)} s`,
    ],
    ['people', report.people === undefined ? 'not said' : String(report.people)],
    ['depth', report.depth ? 'yes' : 'no'],
    ...PART_NAMES.map((part) => {
      const { present, longestGap, confidence } = report.parts[part];
      const gap = longestGap > 0 ? `, longest gap ${longestGap}` : '';
      const detail = present > 0 ? `, confidence ${confidence.toFixed(2)}${gap}` : '';
      return [PLAIN[part], `in ${percent(present)} of the frames${detail}`];
    }),
  ];
  const width = Math.max(...rows.map(([label]) => label?.length ?? 0));
  const lines = rows.map(([label, value]) => `  ${(label ?? '').padEnd(width)}  ${value}`);
  const problems = report.problems.map((problem) => `  - ${problem}`);
  return [
    name,
    ...lines,
    ...(problems.length > 0 ? ['  found:', ...problems] : ['  nothing wrong was found']),
  ].join('\n');
}
