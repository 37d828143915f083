import { clipStatistics, dropFaint } from './clip-statistics.js';
import type { Framing } from './framing.js';
import { PART_NAMES, PoseCounter } from './pose-count.js';
import { PARTS, type PartName, type PoseClip, type PoseClipInfo } from './pose-frame.js';
import { problemsOf } from './pose-problems.js';
import { PREPARE_DEFAULTS } from './prepare-frames.js';
import { type Repair, repairSentences } from './repairs.js';

/** What can be said of a part over a clip. */
export interface PartReport {
  /**
   * Share of frames, 0..1, in which the part is there: half of its points are known (confidence 0.05 and more), of the face a quarter, of
   * the body both shoulders.
   */
  readonly present: number;
  /** Mean number of its known points in those frames. */
  readonly points: number;
  /** Longest run of frames without it, between frames with it. */
  readonly longestGap: number;
  /** Mean confidence of its known points. */
  readonly confidence: number;
}

/** What `pose info` prints. */
export interface PoseReport extends PoseClipInfo {
  readonly frameCount: number;
  /** Most people seen in a frame. */
  readonly people: number;
  /** Seconds. */
  readonly duration: number;
  readonly depth: boolean;
  readonly parts: Readonly<Record<PartName, PartReport>>;
  /** What is repaired and completed when it is drawn. */
  readonly repairs: readonly Repair[];
  /** Sentences, the gravest first. */
  readonly problems: readonly string[];
}

const PLAIN: Readonly<Record<PartName, string>> = {
  body: 'body',
  feet: 'feet',
  face: 'face',
  leftHand: 'left hand',
  rightHand: 'right hand',
};

/** How a clip is going to be drawn, where that is known. */
export interface PoseInfoOptions {
  readonly framing?: Framing;
}

/** Goes through a clip and reports what it holds and what is wrong with it. */
export async function poseInfo(clip: PoseClip, { framing }: PoseInfoOptions = {}): Promise<PoseReport> {
  const counter = new PoseCounter();
  for await (const frame of dropFaint(clip.frames(), PREPARE_DEFAULTS.minConfidence)) counter.add(frame);
  const report = (name: PartName): PartReport => {
    const { seen, whole, longestGap, confidence, points } = counter.parts[name];
    return {
      present: counter.frames === 0 ? 0 : seen / counter.frames,
      points: seen === 0 ? 0 : whole / seen,
      longestGap,
      confidence: points === 0 ? 0 : confidence / points,
    };
  };
  const { repairs } = await clipStatistics(clip);
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
    people: counter.people,
    duration: counter.frames / clip.info.fps,
    depth: counter.depth,
    parts,
    repairs,
    problems: problemsOf(counter, clip.info, framing),
  };
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
    ['people', String(report.people)],
    ['depth', report.depth ? 'yes' : 'no'],
    ...PART_NAMES.map((part) => {
      const { present, points, longestGap, confidence } = report.parts[part];
      const all = PARTS[part].length;
      const some = points < all - 0.05 ? `, ${Number(points.toFixed(1))} of ${all} points` : '';
      const gap = longestGap > 0 ? `, longest gap ${longestGap}` : '';
      const detail = present > 0 ? `${some}, confidence ${confidence.toFixed(2)}${gap}` : '';
      return [PLAIN[part], `in ${percent(present)} of the frames${detail}`];
    }),
  ];
  const width = Math.max(...rows.map(([label]) => label?.length ?? 0));
  const lines = rows.map(([label, value]) => `  ${(label ?? '').padEnd(width)}  ${value}`);
  const problems = report.problems.map((problem) => `  - ${problem}`);
  const repairs = repairSentences(report.repairs, report.frameCount).map((sentence) => `  - ${sentence}`);
  return [
    name,
    ...lines,
    ...(problems.length > 0 ? ['  found:', ...problems] : ['  nothing wrong was found']),
    ...(repairs.length > 0 ? ['  when it is drawn:', ...repairs] : []),
  ].join('\n');
}
