import { counted } from '../counted.js';
import type { Framing } from './framing.js';
import type { PoseCounter } from './pose-count.js';
import type { PoseClipInfo } from './pose-frame.js';
import { PREPARE_DEFAULTS } from './prepare-frames.js';

/** Sentences for the user about what is wrong with a clip, the gravest first. `framing`: how it is drawn, where that is known. */
export function problemsOf(counter: PoseCounter, info: PoseClipInfo, framing?: Framing): readonly string[] {
  const problems: string[] = [...(info.remarks ?? [])];
  const frames = (count: number) => counted(count, 'frame');
  const { body, leftHand, rightHand } = counter.parts;
  if (counter.crowded > 0) {
    problems.push(
      `Up to ${counter.people} people are seen, several of them in ${frames(counter.crowded)}; \`person\` chooses one, without it this is about the first.`,
    );
  }
  if (counter.empty.count > 0) {
    problems.push(
      `No person is seen in ${frames(counter.empty.count)} (${counter.empty.list()}); ends and gaps longer than \`maxGap\` stay empty.`,
    );
  }
  if (leftHand.seen === 0 && rightHand.seen === 0) problems.push('No hand is there in any frame.');
  for (const [name, { longestGap }] of Object.entries({ left: leftHand, right: rightHand })) {
    if (longestGap > PREPARE_DEFAULTS.maxGap) {
      problems.push(
        `The ${name} hand is missing for up to ${frames(longestGap)} in a row; gaps longer than \`maxGap\` stay open.`,
      );
    }
  }
  if (body.seen === 0) problems.push('The body is not known in any frame: what is drawn of it is made up.');
  if (counter.repeated > counter.frames / 4) {
    problems.push(
      `What is seen in ${frames(counter.repeated)} is the same as in the frame before: the rate of ${frames(info.fps)} a second may be too high.`,
    );
  }
  return [...problems, ...clipProblems(counter, info, framing)];
}

/** What is odd about rate, size and place. */
function clipProblems({ box }: PoseCounter, info: PoseClipInfo, framing?: Framing): readonly string[] {
  const problems: string[] = [];
  if (info.fps < 10 || info.fps > 120)
    problems.push(`${counted(info.fps, 'frame')} a second is unusual; \`fps\` sets another.`);
  const { left, right, top, bottom } = box;
  const small = right > left && (right - left < info.width * 0.3 || bottom - top < info.height * 0.3);
  if (small && (framing ?? 'source') === 'source') {
    problems.push(
      `The signer takes ${Math.round(right - left)} x ${Math.round(bottom - top)} of ${info.width} x ${info.height} pixels: \`framing: signing\` brings them nearer, \`framing: source\` leaves them that small.`,
    );
  }
  if (left > info.width * 1.5 || right < -info.width * 0.5 || right - left > info.width * 3) {
    problems.push(
      `Points lie from ${Math.round(left)} to ${Math.round(right)} in a picture ${info.width} pixels wide; \`size\` may be wrong.`,
    );
  }
  return problems;
}
