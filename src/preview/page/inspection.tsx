import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { InspectedPicture, InspectionState, RunState } from '../protocol.js';
import { api } from './api.js';
import { frame, playing } from './player.js';
import { attempt, compare, runs, SIDE_NAMES, side } from './store.js';

const GROUPS = [
  { group: 'hands', title: 'Stage 1: the hands' },
  { group: 'canvas', title: 'The canvas' },
  { group: 'body', title: 'Stage 2: the body round them, the mask step by step' },
  { group: 'result', title: 'The composite' },
] as const;

const large = signal<{ src: string; title: string } | undefined>(undefined);

/** How one frame was made: every intermediate of it. */
export function Inspection() {
  const which = compare.value ? side.value : 0;
  const run = runs.value[which];
  const dialog = useRef<HTMLDialogElement>(null);
  if (!run) return null;
  const index = Math.max(0, Math.min(frame.value - run.from, (run.passes.full.total ?? frame.value + 1) - 1));
  const inspection = run.inspections.find((known) => known.frame === index) ?? run.inspections.at(-1);
  const enlarge = (picture: { src: string; title: string }): void => {
    large.value = picture;
    dialog.current?.showModal();
  };
  return (
    <section class="panel inside" aria-labelledby="inside-title">
      <h2 id="inside-title">How a frame is made{compare.value && `, signer ${SIDE_NAMES[which]}`}</h2>
      <button
        type="button"
        class="narrow"
        onClick={() => {
          playing.value = false;
          void attempt(async () => void (await api.inspect(run.id, index)));
        }}
      >
        Look inside frame {run.from + index}
      </button>
      {inspection && <Inside run={run} inspection={inspection} enlarge={enlarge} />}
      <dialog ref={dialog} class="large" aria-label={large.value?.title ?? 'Picture'}>
        {large.value && <img src={large.value.src} alt={large.value.title} />}
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </section>
  );
}

interface InsideProps {
  readonly run: RunState;
  readonly inspection: InspectionState;
  readonly enlarge: (picture: { src: string; title: string }) => void;
}

function Inside({ run, inspection, enlarge }: InsideProps) {
  const { state, pictures, error } = inspection;
  const shown = run.from + inspection.frame;
  if (error) return <p class="problem">{error}</p>;
  if (state !== 'done') {
    return (
      <p class="hint">
        {state === 'cancelled' ? 'Cancelled.' : `Frame ${shown} is being drawn step by step.`}
      </p>
    );
  }
  const numbered = pictures.map((picture, k) => ({ picture, k }));
  return (
    <>
      {GROUPS.map(({ group, title }) => {
        const mine = numbered.filter(({ picture }) => picture.group === group);
        if (mine.length === 0) return null;
        return (
          <div key={group} class="steps">
            <h3>
              {title} <span class="hint">frame {shown}</span>
            </h3>
            <div class="strip-of-pictures">
              {mine.map(({ picture, k }) => (
                <Intermediate
                  key={k}
                  picture={picture}
                  src={`/api/runs/${run.id}/inspections/${inspection.frame}/${k}`}
                  enlarge={enlarge}
                />
              ))}
            </div>
          </div>
        );
      })}
    </>
  );
}

function Intermediate({
  picture: { title, caption, width, height },
  src,
  enlarge,
}: { picture: InspectedPicture; src: string } & Pick<InsideProps, 'enlarge'>) {
  return (
    <figure>
      <button type="button" class="picture" onClick={() => enlarge({ src, title })}>
        <img {...{ src, width, height }} alt={`${title}. Press to enlarge.`} loading="lazy" />
      </button>
      <figcaption>
        <strong>{title}</strong>
        {caption}
      </figcaption>
    </figure>
  );
}
