import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { commandArguments } from '../pipeline/command.js';
import type { Engine, GeneratedFrame, GenerateOptions, RenderOptions, Session } from '../pipeline/index.js';
import { listPresets } from '../pipeline/preset.js';
import { provenance } from '../pipeline/provenance.js';
import {
  type Caption,
  commandLine,
  cutCaptions,
  openVideoWriter,
  type VideoMetadataInput,
  type VideoWriter,
} from '../video/index.js';
import { frameFile, savePicture } from './pictures.js';
import type { PassName, PassState } from './protocol.js';
import { drawFrames, generateOptions, type Run } from './run.js';
import { plainName } from './workspace.js';

/** Presets that are quick enough to be played while they are drawn, the quickest first. */
const LIVE_PRESETS = ['live', 'fast'];

/** What a pass works with besides its run. */
export interface PassTools {
  readonly engine: Engine;
  /** Lets urgent work go first; called between frames of the full pass. */
  readonly giveWay: () => Promise<boolean>;
  readonly changed: () => void;
}

/** The preset of the live pass; undefined where the preset that is asked for is as quick. */
export function livePreset(asked: string): string | undefined {
  const quickest = LIVE_PRESETS.find((name) => listPresets().includes(name));
  return LIVE_PRESETS.includes(asked) ? undefined : quickest;
}

/** Every frame in the quickest preset. */
export async function livePass(run: Run, { engine, changed }: PassTools): Promise<void> {
  const options = generateOptions(run);
  const begun = performance.now();
  await drawFrames(
    engine,
    { ...options, method: { ...options.method, preset: run.passes.live?.preset } },
    { sink: (frame) => show(run, 'live', frame, begun, changed) },
  );
}

/** Every frame as it was asked for, shown and encoded. */
export async function fullPass(run: Run, { engine, giveWay, changed }: PassTools): Promise<void> {
  const options = generateOptions(run);
  const path = join(run.plan.folder, `video${videoEnding(run)}`);
  const begun = performance.now();
  let writer: VideoWriter | undefined;
  try {
    await drawFrames(engine, options, {
      async begin(session) {
        writer = await openWriter(session, run, { ...options, output: { path } });
      },
      async sink(frame) {
        await writer?.write(frame.picture);
        await show(run, 'full', frame, begun, changed);
        await pause(run, giveWay, changed);
      },
    });
    await writer?.finish();
    run.video = { name: videoName(run), bytes: (await stat(path)).size };
  } catch (error) {
    await writer?.abort();
    throw error;
  }
}

async function pause(run: Run, giveWay: () => Promise<boolean>, changed: () => void): Promise<void> {
  const { full } = run.passes;
  run.passes.full = { ...full, state: 'paused' };
  const paused = await giveWay();
  if (run.passes.full.state === 'paused') run.passes.full = { ...run.passes.full, state: 'drawing' };
  if (paused) changed();
}

/** Keeps a frame for the page, and counts it. */
async function show(
  run: Run,
  pass: PassName,
  { index, picture }: GeneratedFrame,
  begun: number,
  changed: () => void,
): Promise<void> {
  await savePicture(picture, join(run.plan.folder, frameFile(pass, index)), { lossless: pass === 'full' });
  const before: PassState | undefined = run.passes[pass];
  if (!before || before.state === 'cancelled') return;
  const elapsed = Math.round(performance.now() - begun);
  const done = before.done + 1;
  const firstMs = before.firstMs ?? elapsed;
  const frameMs = done > 1 ? Math.round((elapsed - firstMs) / (done - 1)) : undefined;
  run.passes[pass] = { ...before, done, firstMs, ...(frameMs === undefined ? {} : { frameMs }) };
  changed();
}

async function openWriter(session: Session, run: Run, options: RenderOptions): Promise<VideoWriter> {
  const { size, clip } = session;
  const { file } = run.plan;
  const made = await provenance(session, options);
  const captions = captionsOf(run.plan);
  const metadata: VideoMetadataInput = {
    ...made,
    pose: { ...made.pose, name: basename(file.name) },
    command: namedArguments(run, options),
  };
  run.metadata = metadata;
  return openVideoWriter({
    path: options.output.path,
    width: size,
    height: size,
    fps: clip.info.fps,
    alpha: options.look?.background === 'transparent',
    metadata,
    ...(captions.length > 0 ? { captions } : {}),
    resume: 'never',
    onFailure: 'remove',
  });
}

/** What is signed in the range, at the video's speed; empty where it is not known. */
export function captionsOf({ file, from, to, speed, fps }: Run['plan']): Caption[] {
  const own = fps / speed;
  const cut = cutCaptions(file.captions ?? [], from / own, to === undefined ? Infinity : to / own);
  return cut.map(({ text, start, end }) => ({ text, start: start / speed, end: end / speed }));
}

/** MP4 knows no transparency. */
function videoEnding(run: Pick<Run, 'plan'>): string {
  return run.plan.variant.background === 'transparent' ? '.webm' : '.mp4';
}

/** What the video is called when it is saved. */
export function videoName(run: Pick<Run, 'plan'>): string {
  const { file, variant } = run.plan;
  const name = plainName(file.name);
  const stem = name.slice(0, name.length - extname(name).length) || name;
  return `${stem}${variant.seed === 0 ? '' : `-seed-${variant.seed}`}${videoEnding(run)}`;
}

/** Arguments of the command that makes the run's video, with the user's names of the files. */
function namedArguments(run: Pick<Run, 'plan'>, options: GenerateOptions): string[] {
  const { file, reference, backdrop } = run.plan;
  return commandArguments({
    ...options,
    input: file.name,
    look: {
      ...options.look,
      ...(reference ? { reference: reference.name } : {}),
      ...(backdrop ? { background: { file: backdrop.name } } : {}),
    },
    output: { path: videoName(run) },
  });
}

/** The command as it is typed, after those that make its keypoints where they were made here. `runtime` and `bundle` are those that the preview was started with. */
export function equivalentCommand(
  run: Pick<Run, 'plan' | 'stop' | 'notes'>,
  started: Pick<GenerateOptions, 'method' | 'runtime'>,
): string {
  const options = generateOptions(run);
  const command = namedArguments(run, {
    ...options,
    method: { ...started.method, ...options.method },
    runtime: started.runtime,
  });
  return [...(run.plan.file.madeBy ?? []), commandLine({ command }, videoName(run))].join(' &&\n');
}
