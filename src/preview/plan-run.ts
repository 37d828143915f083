import { randomUUID } from 'node:crypto';
import { counted } from '../counted.js';
import { UsageError } from '../errors.js';
import { loadPreset } from '../pipeline/index.js';
import type { Clips } from './clips.js';
import type { RunRequest } from './protocol.js';
import type { RunPlan } from './run.js';
import type { Workspace } from './workspace.js';

/** What a request to draw means, checked before anything is drawn. Throws `UsageError`. */
export async function planRun(
  { clip, from, to, speed = 1, variant }: RunRequest,
  { clips, workspace }: { readonly clips: Clips; readonly workspace: Workspace },
): Promise<RunPlan> {
  const { state, file } = clips.get(clip);
  const known = state.whole ? state.frames : state.expected;
  if (known !== undefined && from >= known) {
    throw new UsageError(
      'HF_FIELD_VALUE',
      `${file.name} has ${counted(known, 'frame')}, so there is none from frame ${from} on: give a \`range\` within it.`,
      { file: file.name, frame: from, field: 'range' },
    );
  }
  if (to !== undefined && to <= from) {
    throw new UsageError(
      'HF_FIELD_VALUE',
      `The range ${from}:${to} makes no sense: give a \`range\` FROM:TO with 0 <= FROM < TO.`,
      { field: 'range' },
    );
  }
  const { prompt = '', seed = 0, preset, background, backgroundPicture, reference, signer } = variant;
  const backdrop = background === 'picture' ? backgroundPicture : undefined;
  loadPreset(preset);
  const end = known === undefined ? to : Math.min(to ?? known, known);
  return {
    id: randomUUID(),
    clip,
    file,
    ...(reference === undefined ? {} : { reference: workspace.file(reference) }),
    ...(backdrop === undefined ? {} : { backdrop: workspace.file(backdrop) }),
    variant: {
      prompt,
      seed,
      preset,
      background: background === 'picture' && backdrop === undefined ? 'drawn' : background,
      ...(backdrop === undefined ? {} : { backgroundPicture: backdrop }),
      ...(reference === undefined ? {} : { reference }),
      ...(signer === undefined ? {} : { signer }),
    },
    source: state.source,
    speed,
    fps: Math.round(state.fps * speed * 1000) / 1000,
    otherFps: speed !== 1,
    from,
    ...(end === undefined || end === known ? {} : { to: end }),
    ...(end === undefined ? {} : { total: end - from }),
    folder: await workspace.newFolder(),
  };
}
