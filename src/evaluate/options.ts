/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Folder of the benchmark. */
  readonly benchmark: string;
  /** Folder for the report, its pictures, and what is kept for the next run. */
  readonly out: string;
  /** Names or files of presets; the others are compared with the first. `expand` is another name of `default`. */
  readonly presets: readonly string[];
  readonly bundle?: string;
  readonly device?: string;
  readonly threads?: number;
  /** Check the bundle's files against their checksums; default true. */
  readonly verify?: boolean;
  /** The first items only. */
  readonly limit?: number;
  /** Sizes, 0..1, to which the signer is shrunk as well (paper, figure 9). */
  readonly shrink?: readonly number[];
  /** Folder with the networks of FID, KID and CLIPSIM; absent: these are not measured. */
  readonly features?: string;
  readonly baseline?: BaselineOptions;
  /** The command that does the same, for the report. */
  readonly command?: readonly string[];
  /** Hears how many of all frames are drawn and judged. */
  readonly progress?: (frames: { done: number; total: number }) => void;
  /** Hears what is done otherwise than asked, and what it runs on. */
  readonly note?: (note: { kind: 'warning' | 'device' | 'keypoints'; sentence: string }) => void;
  readonly signal?: AbortSignal;
}

/** An earlier report to compare with. */
export interface BaselineOptions {
  readonly path: string;
  /** By how much a metric may get worse: a share of its value, or in its own unit by name. */
  readonly tolerance: Tolerance;
}

/** How much worse than the baseline a figure may be. */
export interface Tolerance {
  /** Of the baseline's value, for every figure without an amount of its own: 0.02 is 2 %. */
  readonly share: number;
  /** Amounts by the figure's name, in its own unit. */
  readonly byName: Readonly<Record<string, number>>;
}
