import { useEffect, useRef } from 'preact/hooks';
import { PART_NAMES, presence, presenceOf } from './frames.js';
import { frame, playing, seek } from './player.js';
import { clip, end, frameCount, from } from './store.js';
import { colour, seenTheme } from './theme.js';

/** Height of a part's row and the space between rows, CSS pixels. */
const ROW = 12;
const GAP = 4;
const HEIGHT = PART_NAMES.length * (ROW + GAP);

/** Which parts each frame has; a click or a drag goes there. The slider above does the same for the keyboard. */
export function Timeline() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const count = frameCount.value;
  const { bytes } = presence.value;
  const theme = seenTheme.value;
  const [first, last] = [from.value, end.value];
  useEffect(() => {
    const { current } = canvas;
    if (current) drawRows(current, count, first, last);
  }, [bytes, theme, count, first, last]);
  if (!clip.value) return null;
  const go = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    playing.value = false;
    seek(Math.floor(((event.clientX - box.left) / box.width) * count));
  };
  return (
    <section class="timeline" aria-label="Parts in each frame">
      <div class="rows">
        <ul aria-label="How much of the clip has each part">
          {PART_NAMES.map((name, part) => (
            <li key={name}>
              {name} <span class="share">{shareOf(part)}</span>
            </li>
          ))}
        </ul>
        <div class="strip" onPointerDown={go} onPointerMove={go}>
          <canvas
            ref={canvas}
            role="img"
            aria-label="The same, frame by frame"
            style={{ height: `${HEIGHT}px` }}
          />
          <div class="needle" style={{ left: `${((frame.value + 0.5) / Math.max(1, count)) * 100}%` }} />
        </div>
      </div>
      <p class="legend">
        <i class="there" /> in the file <i class="filled" /> filled <i class="missing" /> missing
      </p>
    </section>
  );
}

function shareOf(part: number): string {
  const { bytes } = presence.value;
  if (bytes.length === 0) return '';
  let there = 0;
  for (let at = 0; at < bytes.length; at++) if (presenceOf(at, part) === 2) there++;
  return `${Math.round((100 * there) / bytes.length)} %`;
}

function drawRows(canvas: HTMLCanvasElement, count: number, first: number, last: number): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const scale = Math.min(2, devicePixelRatio);
  const width = Math.max(1, Math.round(canvas.clientWidth));
  canvas.width = width * scale;
  canvas.height = HEIGHT * scale;
  context.scale(scale, scale);
  const colours = [colour('line'), colour('line'), colour('left'), colour('right')];
  const missing = hatch(context, colour('missing'));
  const frameWidth = width / Math.max(1, count);
  PART_NAMES.forEach((_, part) => {
    const top = part * (ROW + GAP);
    // One column a frame, or a pixel for several: then the worst of them counts.
    const columns = Math.min(width, count);
    for (let column = 0; column < columns; column++) {
      const worst = worstIn(
        part,
        Math.floor((column * count) / columns),
        Math.floor(((column + 1) * count) / columns),
      );
      if (worst === undefined) continue;
      const x = (column * width) / columns;
      const w = Math.max(1, frameWidth - (frameWidth > 4 ? 1 : 0));
      context.fillStyle = worst === 0 ? missing : (colours[part] ?? '');
      if (worst === 1) context.fillRect(x, top + ROW * 0.6, w, ROW * 0.4);
      else context.fillRect(x, top, w, ROW);
    }
  });
  context.fillStyle = colour('veil');
  context.fillRect(0, 0, first * frameWidth, HEIGHT);
  context.fillRect(last * frameWidth, 0, width - last * frameWidth, HEIGHT);
}

function worstIn(part: number, start: number, stop: number): number | undefined {
  let worst: number | undefined;
  for (let at = start; at < Math.max(start + 1, stop); at++) {
    const found = presenceOf(at, part);
    if (found !== undefined && (worst === undefined || found < worst)) worst = found;
  }
  return worst;
}

/** Slanted lines, so that a gap shows without colour. */
function hatch(context: CanvasRenderingContext2D, ink: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = 6;
  tile.height = 6;
  const pen = tile.getContext('2d');
  if (!pen) return ink;
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? ink;
}
