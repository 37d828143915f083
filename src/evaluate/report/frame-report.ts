import type { EvaluatedItem, Evaluation } from '../judge/evaluation.js';
import { overallHandError } from '../judge/pose-scores.js';
import { SIDES } from '../judge/regions.js';
import { type FrameScores, finite } from '../judge/scores.js';
import { jointsFrom } from './figures/index.js';
import { type FrameReport, type FrameResult, type ItemReport, PICTURES } from './report-model.js';

/** Values of a frame by metric name; of DAP its parts, `oks` and `oksHands`. */
function frameValues(scores: FrameScores): Record<string, number | null> {
  const { pose, values, maskIous } = scores;
  const [all, hands] = [jointsFrom(scores, 0), jointsFrom(scores, 91)];
  const asked = SIDES.filter((side) => pose.handsAsked[side]);
  const found = asked.filter((side) => pose.handsFound[side]);
  const mean = (list: readonly number[]): number | null =>
    finite(list.reduce((sum, value) => sum + value, 0) / list.length);
  return {
    oks: pose.oks,
    oksHands: pose.oksHands,
    mpjpe: all ? finite(all.sum / all.found) : null,
    jointsFound: all ? all.found / all.asked : null,
    mpjpeHands: hands ? finite(hands.sum / hands.found) : null,
    handJointsFound: hands ? hands.found / hands.asked : null,
    handsFound: asked.length > 0 ? found.length / asked.length : null,
    handError: mean(SIDES.flatMap((side) => pose.handErrors[side] ?? [])),
    maskIou: mean(maskIous),
    ...values,
  };
}

function pathOf(name: string): string {
  return `${PICTURES}/${name}`;
}

function frameReport(one: EvaluatedItem, presets: readonly string[], frame: number): FrameReport {
  const truth = one.truth.frames[frame];
  const results = presets.flatMap((preset): FrameResult[] => {
    const scores = one.results.get(preset)?.frames[frame];
    if (!scores) return [];
    const handError = overallHandError(scores.pose) ?? null;
    return [{ preset, picture: pathOf(scores.picture), values: frameValues(scores), handError }];
  });
  return {
    item: one.item.id,
    frame,
    pose: pathOf(truth?.pose ?? ''),
    reference: truth?.scores ? pathOf(truth.scores.picture) : null,
    truth: truth?.scores ? frameValues(truth.scores) : {},
    results,
  };
}

/** Every item with what was made of each of its frames. */
export function itemReports({ items, presets }: Evaluation): ItemReport[] {
  return items.map((one) => ({
    id: one.item.id,
    kind: one.item.kind,
    caption: one.item.caption ?? '',
    seed: one.item.seed,
    letter: one.item.letter ?? null,
    frames: one.truth.frames.map((_, frame) => frameReport(one, presets, frame)),
  }));
}
