import type { AudioTrack } from './audio.js';
import { type Caption, formatCaptions } from './captions.js';
import type { EncodingPlan } from './ffmpeg-args.js';
import { type JournalHeader, journalHeader } from './journal.js';
import type { VideoMetadata } from './metadata.js';

/** By what a video is known again: everything that decides its bytes. `ffmpeg`: its version. */
export function identify(
  plan: EncodingPlan,
  metadata: VideoMetadata,
  ffmpeg: string,
  { audio, captions }: { readonly audio?: AudioTrack; readonly captions?: readonly Caption[] } = {},
): JournalHeader {
  const { options, ...said } = metadata;
  const fields = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`options.${name}`, value]),
  );
  return journalHeader({
    ...said,
    ...fields,
    encoding: plan,
    ffmpeg,
    audio: audio?.sha256 ?? 'none',
    ...(captions ? { captions: formatCaptions(captions) } : {}),
  });
}
