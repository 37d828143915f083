/*
 * Draws a list of clips through the built package: `node generate.mjs JOBS.json`.
 *
 * JOBS.json: { package, bundle, preset, out, masks, threads?, clips: [{ id, input, prompt?, seed?, framing?, from?, to?, reference? }] }, `package` being the
 * built package's entry file. Each clip gives OUT/ID/00000.png ... and, where `masks` asks for them, 00000-hand0.png ..., and at last OUT/ID/clip.json:
 * { seconds, signer, warnings, frames: [{ picture, hands: [{ x, y, side, hands, mask }] }] }, crops in pixels of the picture. Clips that have
 * their clip.json are left as they are, so that a stopped run goes on. Prints a line of JSON a clip.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';

const jobs = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { RunEvents, Session } = await import(pathToFileURL(jobs.package).href);

/** Writes a mask of 0 and 1, `Float32Array` [size, size], as a grey PNG. */
async function writeMask(path, mask) {
  const size = Math.round(Math.sqrt(mask.length));
  const grey = Buffer.from(mask.map((value) => value * 255));
  await sharp(grey, { raw: { width: size, height: size, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(path);
}

async function writePicture(path, { width, height, channels, data }) {
  await sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 3 }).toFile(path);
}

/** Writes a frame's picture and masks and returns its entry in clip.json. */
async function writeFrame(folder, { index, picture, intermediates }) {
  const name = String(index).padStart(5, '0');
  await writePicture(join(folder, `${name}.png`), picture);
  const hands = [];
  for (const [at, { crop, mask }] of (intermediates?.hands ?? []).entries()) {
    const file = `${name}-hand${at}.png`;
    await writeMask(join(folder, file), mask);
    hands.push({ ...crop, mask: file });
  }
  return { picture: `${name}.png`, hands };
}

/** Draws one clip; everything of it lies in `folder` before clip.json says so. */
async function draw(clip, folder, first) {
  mkdirSync(folder, { recursive: true });
  const started = performance.now();
  const warnings = [];
  const { input, prompt, seed, reference, framing } = clip;
  const events = new RunEvents();
  events.on('note', ({ kind, sentence }) => kind === 'warning' && warnings.push(sentence));
  const range = clip.from === undefined ? undefined : { from: clip.from, to: clip.to };
  const session = await Session.open({
    input,
    source: { framing, range },
    look: { prompt, seed, reference, allowUnknownWords: true },
    method: { bundle: jobs.bundle, preset: jobs.preset, verify: first },
    runtime: { threads: jobs.threads },
    watch: { intermediates: jobs.masks ? 'hands' : false, events },
  });
  try {
    const frames = [];
    const sink = async (frame) => {
      frames.push(await writeFrame(folder, frame));
    };
    await new Promise((resolve, reject) => {
      session.frames({ sink }).subscribe({ complete: resolve, error: reject });
    });
    const opened = session.signer;
    if (opened.reference) await writePicture(join(folder, 'reference.png'), opened.reference.picture);
    const seconds = (performance.now() - started) / 1000;
    const signer = { prompt: opened.prompt, seed: opened.seed };
    const stated = { seconds, size: session.size, device: session.runner.device, choices: session.choices, signer, warnings, frames };
    writeFileSync(join(folder, 'clip.json.part'), JSON.stringify(stated));
    renameSync(join(folder, 'clip.json.part'), join(folder, 'clip.json'));
    return { frames: frames.length, seconds };
  } finally {
    await session.close();
  }
}

let done = 0;
let drawn = 0;
for (const clip of jobs.clips) {
  const folder = join(jobs.out, clip.id);
  const kept = existsSync(join(folder, 'clip.json'));
  try {
    const stated = kept ? {} : await draw(clip, folder, drawn++ === 0);
    console.log(JSON.stringify({ clip: clip.id, done: ++done, of: jobs.clips.length, kept, ...stated }));
  } catch (error) {
    console.error(`${clip.id}: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
process.exit(0);
