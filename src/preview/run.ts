import { lastValueFrom } from 'rxjs';
import type { Background } from '../pipeline/index.js';
import {
  type Engine,
  type GeneratedFrame,
  type GenerateOptions,
  RunEvents,
  Session,
} from '../pipeline/index.js';
import type { VideoMetadataInput } from '../video/index.js';
import type { ClipSource, Failure, InspectionState, PassState, RunState, Variant } from './protocol.js';
import { inWords } from './sentence.js';
import type { StoredFile } from './workspace.js';

/** What a run is made of, once the request has been understood. */
export interface RunPlan {
  readonly id: string;
  readonly clip: string;
  readonly file: StoredFile;
  readonly reference?: StoredFile;
  readonly backdrop?: StoredFile;
  readonly variant: Variant;
  readonly source: ClipSource;
  readonly speed: number;
  /** Frames a second of the video. */
  readonly fps: number;
  /** Whether `fps` is another than the file's. */
  readonly otherFps: boolean;
  readonly from: number;
  readonly to?: number;
  /** Frames in the range, where known. */
  readonly total?: number;
  /** Where the run's pictures and its video are. */
  readonly folder: string;
}

/** A run as it goes. */
export interface Run {
  readonly plan: RunPlan;
  stop: AbortController;
  readonly passes: { live?: PassState; full: PassState };
  readonly inspections: InspectionState[];
  readonly notes: string[];
  readonly command: string;
  failure?: Failure;
  video?: NonNullable<RunState['video']>;
  /** What its files say of themselves. */
  metadata?: VideoMetadataInput;
}

/** The options of `generate` for a run; paths are those on the disk. */
export function generateOptions({
  plan,
  stop,
  notes,
}: Pick<Run, 'plan' | 'stop' | 'notes'>): GenerateOptions {
  const { file, reference, backdrop, variant, source, fps, otherFps, from, to } = plan;
  const { fps: given, ...reading } = source;
  const ranged = from > 0 || to !== undefined;
  const events = new RunEvents();
  events.on('note', ({ kind, sentence }) => {
    const said = inWords(sentence);
    if (kind === 'warning' && !notes.includes(said)) notes.push(said);
  });
  return {
    input: file.path,
    source: {
      ...reading,
      ...(otherFps || given !== undefined ? { fps } : {}),
      ...(ranged ? { range: { from, to } } : {}),
    },
    look: {
      ...(variant.prompt.trim() === '' ? {} : { prompt: variant.prompt }),
      ...(variant.seed === 0 ? {} : { seed: variant.seed }),
      ...(reference ? { reference: reference.path } : {}),
      ...(variant.signer === undefined ? {} : { signer: variant.signer }),
      ...(variant.background === 'drawn' ? {} : { background: backgroundOf(variant.background, backdrop) }),
    },
    method: variant.preset === 'default' ? {} : { preset: variant.preset },
    watch: { events },
    signal: stop.signal,
  };
}

/** `backdrop`: the picture that stands behind the signer, where there is one. */
export function backgroundOf(text: string, backdrop: StoredFile | undefined): Background {
  if (backdrop) return { file: backdrop.path };
  if (text === 'transparent' || text === 'drawn') return text;
  const level = (at: number): number => Number.parseInt(text.slice(at, at + 2), 16);
  return [level(1), level(3), level(5)];
}

/** Draws frames of a clip with models that stay open. `sink` is awaited for each. */
export async function drawFrames(
  engine: Engine,
  options: GenerateOptions,
  draw: {
    readonly only?: (index: number) => boolean;
    readonly begin?: (session: Session) => Promise<void>;
    readonly sink: (frame: GeneratedFrame) => Promise<void>;
  },
): Promise<void> {
  const session = await Session.open(options, engine);
  try {
    await draw.begin?.(session);
    await lastValueFrom(session.frames(draw), { defaultValue: undefined });
  } finally {
    await session.close();
  }
}

export function runState(run: Run): RunState {
  const { id, clip, file, reference, backdrop, variant, from, to, speed, fps } = run.plan;
  const { passes, inspections, notes, failure, video, command } = run;
  return {
    id,
    clip,
    clipName: file.name,
    variant,
    ...(reference ? { referenceName: reference.name } : {}),
    ...(backdrop ? { backgroundName: backdrop.name } : {}),
    from,
    ...(to === undefined ? {} : { to }),
    speed,
    fps,
    passes: { ...passes },
    inspections,
    notes,
    ...(failure === undefined ? {} : { failure }),
    ...(video ? { video } : {}),
    captioned: (run.plan.file.captions ?? []).length > 0,
    command,
  };
}
