import { signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { InspectedPicture, InspectionState, RunState } from '../../protocol.js';
import { api } from '../data/api.js';
import { frame, playing } from '../data/player.js';
import { shown as shownRun } from '../data/shown.js';
import { attempt } from '../data/store.js';
import { FailureText } from '../parts/failure-text.js';
import { t } from '../strings/index.js';

const GROUPS = ['hands', 'canvas', 'body', 'result'] as const;

const large = signal<{ src: string; title: string } | undefined>(undefined);

/** How one frame was made: every intermediate of it. */
export function Inspection() {
  const run = shownRun.value;
  const dialog = useRef<HTMLDialogElement>(null);
  if (!run) {
    return (
      <>
        <h2>{t('inside.title')}</h2>
        <p class="hint">{t('inside.none')}</p>
      </>
    );
  }
  const index = Math.max(0, Math.min(frame.value - run.from, (run.passes.full.total ?? frame.value + 1) - 1));
  const inspection = run.inspections.find((known) => known.frame === index) ?? run.inspections.at(-1);
  const enlarge = (picture: { src: string; title: string }): void => {
    large.value = picture;
    dialog.current?.showModal();
  };
  return (
    <>
      <h2>{t('inside.title')}</h2>
      <button
        type="button"
        class="narrow"
        onClick={() => {
          playing.value = false;
          void attempt(async () => void (await api.inspect(run.id, index)));
        }}
      >
        {t('inside.look', { frame: run.from + index })}
      </button>
      {inspection && <Inside run={run} inspection={inspection} enlarge={enlarge} />}
      <dialog ref={dialog} class="large" aria-label={large.value?.title ?? t('inside.picture')}>
        {large.value && <img src={large.value.src} alt={large.value.title} />}
        <button type="button" onClick={() => dialog.current?.close()}>
          {t('help.close')}
        </button>
      </dialog>
    </>
  );
}

interface InsideProps {
  readonly run: RunState;
  readonly inspection: InspectionState;
  readonly enlarge: (picture: { src: string; title: string }) => void;
}

function Inside({ run, inspection, enlarge }: InsideProps) {
  const { state, pictures, failure } = inspection;
  const shown = run.from + inspection.frame;
  if (failure) {
    return (
      <p class="problem">
        <FailureText of={failure} />
      </p>
    );
  }
  if (state !== 'done') {
    return (
      <p class="hint">
        {state === 'cancelled' ? t('inside.cancelled') : t('inside.drawing', { frame: shown })}
      </p>
    );
  }
  const numbered = pictures.map((picture, k) => ({ picture, k }));
  return (
    <>
      {GROUPS.map((group) => {
        const mine = numbered.filter(({ picture }) => picture.group === group);
        if (mine.length === 0) return null;
        return (
          <div key={group} class="steps">
            <h3>
              {t(`inside.${group}`)} <span class="hint">{t('timeline.frameNumber', { frame: shown })}</span>
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
  picture: { shows, hands, step, steps, held, width, height },
  src,
  enlarge,
}: { picture: InspectedPicture; src: string } & Pick<InsideProps, 'enlarge'>) {
  const values = { who: hands && t(`inside.who.${hands}`), step, steps, held };
  const title = t(`pictures.${shows}.title`, values);
  return (
    <figure>
      <button type="button" class="picture" onClick={() => enlarge({ src, title })}>
        <img {...{ src, width, height }} alt={t('inside.enlarge', { title })} loading="lazy" />
      </button>
      <figcaption>
        <strong>{title}</strong>
        {t(`pictures.${shows}.says`, values)}
      </figcaption>
    </figure>
  );
}
