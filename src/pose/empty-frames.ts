import { anyKnown } from './person.js';

/** Runs that are remembered; sentences name the first three. */
const MOST_RUNS = 100;

/** Finds the frames of a clip in which no point is known. Memory does not grow with the clip. */
export class EmptyFrames {
  /** Frames without a person. */
  count = 0;
  private readonly runs: { readonly first: number; last: number }[] = [];

  add(frame: number, keypoints: Float32Array): void {
    if (anyKnown(keypoints)) return;
    this.count += 1;
    const run = this.runs.at(-1);
    if (run?.last === frame - 1) run.last = frame;
    else if (this.runs.length < MOST_RUNS) this.runs.push({ first: frame, last: frame });
  }

  /** Which they are, counted from 0: `0 to 3, 8`; of more than three runs the first three. */
  list(): string {
    const named = this.runs
      .slice(0, 3)
      .map(({ first, last }) => (first === last ? String(first) : `${first} to ${last}`));
    return `${named.join(', ')}${this.runs.length > 3 ? ', and others' : ''}`;
  }
}
