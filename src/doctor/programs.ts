import { HandfirstError } from '../errors.js';
import { FEATURES, missingPackages } from '../packages.js';
import { reasonOf } from '../reason.js';
import { encodersOf, FORMATS, findFfmpeg } from '../video/index.js';
import type { Check } from './check.js';

const ORIGINS = {
  FFMPEG_PATH: 'named by FFMPEG_PATH',
  PATH: 'found on PATH',
  embedded: 'from the package',
} as const;

/** The ffmpeg that is used, and which kinds of video the available ones can write. */
export async function checkFfmpeg(): Promise<Check[]> {
  try {
    const { path, origin, version } = await findFfmpeg();
    return [
      { name: 'ffmpeg', status: 'ok', detail: `${version} at ${path} (${ORIGINS[origin]})` },
      await checkFormats(),
    ];
  } catch (error) {
    return [
      {
        name: 'ffmpeg',
        status: 'failure',
        detail: error instanceof HandfirstError ? error.message : reasonOf(error),
        advice: 'Install ffmpeg, or set FFMPEG_PATH to its program.',
        exitCode: 7,
      },
    ];
  }
}

async function checkFormats(): Promise<Check> {
  const name = 'encoders';
  const lacking: string[] = [];
  const written: string[] = [];
  for (const [format, traits] of Object.entries(FORMATS)) {
    const encoders = encodersOf(traits, { audio: true, captions: true });
    const works = await findFfmpeg(encoders).then(
      () => true,
      () => false,
    );
    if (works) written.push(format);
    else lacking.push(`${format} (${encoders.join(', ')})`);
  }
  if (lacking.length === 0) return { name, status: 'ok', detail: `${written.join(', ')} can be written` };
  const needed = lacking.some((text) => text.startsWith('mp4'));
  return {
    name,
    status: needed ? 'failure' : 'warning',
    detail: `ffmpeg cannot write ${lacking.join(', ')}`,
    advice: 'Install an ffmpeg with these encoders, or set FFMPEG_PATH to one.',
    ...(needed ? { exitCode: 7 } : {}),
  };
}

/** What drawing does without. */
export function checkPackages(): Check[] {
  return Object.entries(FEATURES).map(([feature, { purpose }]): Check => {
    const missing = missingPackages(feature);
    const name = `packages for the ${feature}`;
    return missing.length === 0
      ? { name, status: 'ok', detail: `installed: ${purpose} works` }
      : {
          name,
          status: 'warning',
          detail: `${purpose} needs ${missing.join(' ')}`,
          advice: `If you want it, run \`npm install ${missing.join(' ')}\`.`,
        };
  });
}
