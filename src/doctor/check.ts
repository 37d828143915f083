/** What one look at the machine found. */
export interface Check {
  /** Stable: programs may rely on it. */
  readonly name: string;
  /** `warning`: something optional does not work. `failure`: videos cannot be made. */
  readonly status: 'ok' | 'warning' | 'failure';
  /** One line. */
  readonly detail: string;
  /** What to do about it, where it is not ok. */
  readonly advice?: string;
  /** Exit code that a failure stands for, as in `errors.ts`. */
  readonly exitCode?: number;
}

/** A number of bytes, as people read it: `512 MB`, `15.6 GB`. */
export function readable(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
