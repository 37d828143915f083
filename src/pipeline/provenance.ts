import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PoseFileError } from '../errors.js';
import { addFile } from '../file-hash.js';
import type { Placement, PoseClip } from '../pose/index.js';
import { reasonOf } from '../reason.js';
import type { VideoMetadataInput } from '../video/index.js';
import { commandArguments } from './command.js';
import { shortName } from './input.js';
import type { Background, RenderOptions } from './options.js';
import type { Session } from './session.js';

const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));

/** handfirst's version. */
export function version(): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(packageFile, 'utf8'))).version;
}

/**
 * Everything that decides the pictures: it is written into the video, and a killed run is known again by it. `said`: the same options with
 * the names that the user gave, where files lie elsewhere now.
 */
export async function provenance(
  session: Session,
  options: RenderOptions,
  said = options,
): Promise<VideoMetadataInput> {
  const { preset, choices, signer, bundle, runner } = session;
  const { look = {}, source = {}, output } = options;
  // What the preset leaves open is said as it was chosen.
  const { description: _, precision: __, ...fields } = preset;
  return {
    version: version(),
    digitalSourceType:
      output.layout === 'source' ? 'compositeWithTrainedAlgorithmicMedia' : 'trainedAlgorithmicMedia',
    prompt: signer.prompt,
    negativePrompt: look.negativePrompt ?? '',
    seed: signer.seed,
    preset: said.method?.preset ?? 'default',
    bundle: { name: bundle.manifest.name, sha256: await hashFile(join(bundle.folder, 'manifest.json')) },
    pose: { name: shortName(said.input), sha256: await hashPose(options.input, session.clip) },
    options: json({
      ...fields,
      ...choices,
      background: await backgroundOf(look.background),
      signer: signer.name,
      reference: look.reference && (await hashFile(look.reference)),
      source,
      layout: output.layout,
      sourceVideo: output.sourceVideo && (await hashFile(output.sourceVideo)),
      device: runner.device,
      precision: session.precision,
      area: session.area,
      placement: numbersOf(session.placement),
      graphThreads: session.graphThreads,
    }),
    command: commandArguments(exactly(said, session)),
  };
}

/** Scale and shift of the clip, and how trunk and head are changed, to four places; its faces say themselves by keypoints and reference. */
function numbersOf({ face: _, ...numbers }: Placement): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, Math.round(1e4 * value) / 1e4]),
  );
}

/** The options with what was chosen for this machine, where another may choose otherwise. */
function exactly(options: RenderOptions, { preset, precision }: Session): RenderOptions {
  const wanted = options.runtime?.precision ?? preset.precision;
  return wanted === 'auto' ? { ...options, runtime: { ...options.runtime, precision } } : options;
}

/** A picture stands by its hash, as everything that is read from a file. */
async function backgroundOf(background: Background | undefined) {
  if (typeof background !== 'object' || !('file' in background)) return background;
  return hashFile(background.file);
}

/** The value as JSON keeps it: fields that are undefined are left out. */
function json(value: object) {
  return z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(value)));
}

async function hashFile(path: string): Promise<string> {
  return (await addAgain(createHash('sha256'), path)).digest('hex');
}

/** Adds a file that was read before. */
async function addAgain(hash: Hash, path: string): Promise<Hash> {
  try {
    return await addFile(hash, path);
  } catch (error) {
    const why = reasonOf(error);
    throw new PoseFileError(
      'HF_POSE_CHANGED',
      `${path} could be read before, and cannot be read again (${why}): leave it where it is until the run has ended.`,
      { file: path },
    );
  }
}

/** SHA-256 of the keypoint file; of a folder's files by name; of the keypoints where there is no file. */
async function hashPose(input: RenderOptions['input'], clip: PoseClip): Promise<string> {
  const hash = createHash('sha256');
  if (input === '-' || typeof input !== 'string') {
    // What comes live is not known before it is drawn.
    if (clip.live) return hash.digest('hex');
    for await (const { keypoints } of clip.frames()) hash.update(keypoints);
    return hash.digest('hex');
  }
  if (!(await stat(input)).isDirectory()) return hashFile(input);
  for (const name of (await readdir(input)).filter((file) => file.endsWith('.json')).sort()) {
    await addAgain(hash.update(`${name}\n`), join(input, name));
  }
  return hash.digest('hex');
}
