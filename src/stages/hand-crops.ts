import type { HandSide, PoseFrame } from '../pose/pose-frame.js';
import type { Crop } from './crop.js';
import { type Box, centre, handBox, longerSide, meet, union } from './hand-boxes.js';
import { OneEuro, type SmoothingOptions } from './one-euro.js';

/** A crop for the hand stage and the hands that it is to draw. */
export interface HandCrop extends Crop {
  readonly hands: readonly HandSide[];
}

export interface HandCropOptions {
  /** Side of the (square) picture. */
  readonly size: number;
  /** Side of the crop relative to the longer side of the hand's box. */
  readonly margin: number;
  /** Both hands share a crop when their boxes, enlarged this many times, intersect. */
  readonly meetMargin: number;
  readonly smoothing: SmoothingOptions;
}

type Target = HandSide | 'both';

/** Hands that share a crop part only when they are this much further away than where they met. So crops do not flip back and forth. */
const PARTING = 1.15;

/**
 * Finds the crops of a clip's frames, in order. Paper, III-B: a square round the hand; one for both when
 * the boxes intersect. The squares are smoothed over time so that a hand does not swim in its crop. The state
 * depends on the frames seen so far alone, so a resumed run feeds it the skipped frames and goes on identically.
 */
export class HandCrops {
  private readonly tracks = new Map<Target, Track>();

  constructor(private readonly options: HandCropOptions) {}

  /**
   * The next frame's crops, in its pixels: one for each hand that is there, or one for both where their boxes meet. Frames come in order, since
   * boxes are smoothed over time (paper, III-B).
   */
  next(pose: PoseFrame): HandCrop[] {
    const crops: HandCrop[] = [];
    const boxes = this.targets(pose);
    for (const [target, box] of boxes) {
      let track = this.tracks.get(target);
      if (!track) {
        track = new Track(this.options.margin, this.options.smoothing, box);
        this.tracks.set(target, track);
      }
      crops.push({ ...track.next(box, pose.time), hands: target === 'both' ? ['left', 'right'] : [target] });
    }
    for (const target of this.tracks.keys()) if (!boxes.has(target)) this.tracks.delete(target);
    return crops;
  }

  private targets(pose: PoseFrame): Map<Target, Box> {
    const { size, meetMargin } = this.options;
    const left = handBox(pose, 'left', size);
    const right = handBox(pose, 'right', size);
    const margin = this.tracks.has('both') ? meetMargin * PARTING : meetMargin;
    if (left && right && meet(left, right, margin)) return new Map([['both', union(left, right)]]);
    const targets = new Map<Target, Box>();
    if (left) targets.set('left', left);
    if (right) targets.set('right', right);
    return targets;
  }
}

/** One crop through time. Speed counts in sides of the hand's first box, so that small and large hands are smoothed alike. */
class Track {
  private readonly x: OneEuro;
  private readonly y: OneEuro;
  private readonly side: OneEuro;
  private time: number | undefined;

  constructor(
    private readonly margin: number,
    { minCutoff, response }: SmoothingOptions,
    first: Box,
  ) {
    const options = { minCutoff, response: response / longerSide(first) };
    this.x = new OneEuro(options);
    this.y = new OneEuro(options);
    this.side = new OneEuro(options);
  }

  next(box: Box, time: number): Crop {
    const seconds = this.time === undefined ? 0 : time - this.time;
    this.time = time;
    // The box with half of the margin always stays inside: a quick hand pulls its crop along, and an opening one widens it.
    const keep = (1 + this.margin) / 2;
    const longer = longerSide(box);
    const side = Math.max(this.side.next(this.margin * longer, seconds), keep * longer);
    this.side.settle(side);
    const place = (filter: OneEuro, value: number, extent: number): number => {
      const slack = (side - keep * extent) / 2;
      const kept = Math.min(value + slack, Math.max(value - slack, filter.next(value, seconds)));
      filter.settle(kept);
      return kept;
    };
    const middle = centre(box);
    const x = place(this.x, middle.x, box.right - box.left);
    const y = place(this.y, middle.y, box.bottom - box.top);
    return { x: x - side / 2, y: y - side / 2, side };
  }
}
