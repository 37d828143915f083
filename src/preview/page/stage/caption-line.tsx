import { frame } from '../data/player.js';
import { clip } from '../data/store.js';

/** What is signed at the shown frame. */
export function CaptionLine() {
  const { captions = [], fps = 25 } = clip.value ?? {};
  if (captions.length === 0) return null;
  const now = (frame.value + 0.5) / fps;
  const shown = captions.filter(({ start, end }) => start <= now && now < end);
  return (
    <p class="caption" translate={false}>
      {shown.map(({ text }) => text).join(' ')}
    </p>
  );
}
