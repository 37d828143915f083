import { useEffect, useRef } from 'preact/hooks';
import type { RunState } from '../protocol.js';
import { arrived, frameOf, PART_NAMES, presenceOf } from './frames.js';
import { drawnFor, pictureAt } from './pictures.js';
import { frame } from './player.js';
import { drawSkeleton } from './skeleton.js';
import { clip, compare, runs, SIDE_NAMES, type Side, state } from './store.js';
import { colour, seenTheme } from './theme.js';

/** Draws again whenever something it depends on changes; `draw` gets a square of that many pixels. */
function useCanvas(draw: (context: CanvasRenderingContext2D, size: number) => void) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { current } = canvas;
    const context = current?.getContext('2d');
    if (!current || !context) return;
    const size = Math.max(128, Math.round(current.clientWidth * Math.min(2, devicePixelRatio)));
    if (current.width !== size) {
      current.width = size;
      current.height = size;
    }
    draw(context, size);
  });
  return canvas;
}

export function Stage() {
  const [a, b] = runs.value;
  return (
    <section class={`stage ${compare.value ? 'three' : ''}`} aria-label="Pictures">
      <SkeletonView />
      <RunView run={a} side={0} />
      {compare.value && <RunView run={b} side={1} />}
    </section>
  );
}

/** What the shown frame lacks, in words; empty while it has not been read. */
export function lacks(at: number): string {
  const named = (what: number) => PART_NAMES.filter((_, part) => presenceOf(at, part) === what);
  if (presenceOf(at, 0) === undefined) return '';
  const missing = named(0);
  const filled = named(1);
  const sentences = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(filled.length > 0 ? [`filled from the frames around: ${filled.join(', ')}`] : []),
  ];
  return sentences.length > 0 ? sentences.join('; ') : 'all parts are there';
}

const HANDS = [PART_NAMES.indexOf('left hand'), PART_NAMES.indexOf('right hand')];

function SkeletonView() {
  const { value } = clip;
  const points = arrived.value >= 0 && value ? frameOf(value, frame.value) : undefined;
  const theme = seenTheme.value;
  const canvas = useCanvas((context, size) => {
    if (value && !points) return;
    context.clearRect(0, 0, size, size);
    if (!points) return;
    const colours = {
      body: colour('line'),
      face: colour('line'),
      left: colour('left'),
      right: colour('right'),
      missing: colour('missing'),
    };
    const [left, right] = HANDS.map((part) => presenceOf(frame.value, part));
    drawSkeleton(context, points, size, colours, { left, right });
  });
  return (
    <figure data-theme-seen={theme}>
      <canvas
        ref={canvas}
        class="square paper"
        role="img"
        aria-label={value ? `Skeleton of frame ${frame.value}, ${lacks(frame.value)}` : 'No keypoints yet'}
      />
      {!value && <p class="empty">Choose a keypoint file, and its skeleton moves here.</p>}
      <figcaption>
        <strong>Keypoints</strong>
        <span class="legend">
          <span>
            <i class="left" /> left hand
          </span>{' '}
          <span>
            <i class="right" /> right hand
          </span>{' '}
          <span>
            <b aria-hidden="true">⊗</b> none
          </span>
        </span>
      </figcaption>
    </figure>
  );
}

function RunView({ run, side }: { run: RunState | undefined; side: Side }) {
  const drawn = run && drawnFor(run, frame.value);
  const picture = arrived.value >= 0 && drawn ? pictureAt(drawn.url) : undefined;
  // While a picture is on its way the one before stays.
  const last = useRef<{ run?: string }>({});
  const canvas = useCanvas((context, size) => {
    if (picture) {
      context.clearRect(0, 0, size, size);
      context.drawImage(picture, 0, 0, size, size);
    } else if (last.current.run !== run?.id) context.clearRect(0, 0, size, size);
    last.current = run ? { run: run.id } : {};
  });
  const name = compare.value ? `Signer ${SIDE_NAMES[side]}` : 'Signer';
  const shows = drawn && drawn.shows !== frame.value ? `, frame ${drawn.shows}` : '';
  return (
    <figure>
      <canvas
        ref={canvas}
        class="square checks"
        role="img"
        aria-label={drawn ? `${name}, frame ${drawn.shows}` : `${name}: nothing drawn yet`}
        data-shown={picture ? drawn?.url : undefined}
      />
      {!drawn && <p class="empty">{waitingFor(run)}</p>}
      <figcaption>
        <strong>{name}</strong>
        {run && (
          <span>
            seed {run.variant.seed}, {run.variant.preset}
          </span>
        )}
        {drawn && (
          <span class={`badge ${drawn.pass}`}>
            {drawn.pass === 'quick' ? `quick${shows}` : `full${shows}`}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function waitingFor(run: RunState | undefined): string {
  if (!run) return 'Press Generate, and the signer appears here.';
  const { quick, full } = run.passes;
  if (run.error) return 'Nothing could be drawn.';
  if (full.state === 'cancelled') return 'Cancelled before the first frame.';
  if (quick.state === 'waiting') return 'Waits for its turn.';
  return state.value?.engine.state === 'ready'
    ? 'The first frame is being drawn.'
    : 'The models are loading.';
}
