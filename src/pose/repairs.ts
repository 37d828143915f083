import { counted } from '../counted.js';
/** What was done to the keypoints of a clip, and in how many frames. */
export interface Repair {
  readonly did: 'completed' | 'dropped' | 'repaired';
  /** Such as `left wrist`. */
  readonly part: string;
  /** Why it was dropped or repaired. */
  readonly why?: string;
  readonly frames: number;
}

/** Counts what is done to the frames of a clip. */
export class RepairTally {
  private readonly counts = new Map<string, Repair>();

  /** One more frame in which this was done. */
  add(did: Repair['did'], part: string, why?: string): void {
    const key = `${did} ${part} ${why ?? ''}`;
    const frames = (this.counts.get(key)?.frames ?? 0) + 1;
    this.counts.set(key, why === undefined ? { did, part, frames } : { did, part, why, frames });
  }

  list(): Repair[] {
    return [...this.counts.values()];
  }
}

const ORDER = ['dropped', 'repaired', 'completed'] as const;

/**
 * What was done, a sentence each: `Dropped: left hand (ten times too small) in 3 of 40 frames.` Parts with the same count stand
 * together.
 */
export function repairSentences(repairs: readonly Repair[], frames: number): string[] {
  return ORDER.flatMap((did) => {
    const groups = new Map<number, string[]>();
    for (const { part, why, frames: count } of repairs.filter((repair) => repair.did === did)) {
      groups.set(count, [...(groups.get(count) ?? []), why === undefined ? part : `${part} (${why})`]);
    }
    if (groups.size === 0) return [];
    const parts = [...groups].map(
      ([count, names]) => `${names.join(', ')} in ${count} of ${counted(frames, 'frame')}`,
    );
    return [`${did[0]?.toUpperCase()}${did.slice(1)}: ${parts.join('; ')}.`];
  });
}
