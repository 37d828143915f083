import { signal } from '@preact/signals';
import { Columns2, Copy, SlidersHorizontal, Trash2 } from 'lucide';
import type { RunState } from '../../protocol.js';
import { api, Refusal } from '../data/api.js';
import { chosenId, takeSettings } from '../data/form.js';
import { comparing, hasPictures, isBusy, isOld, other, otherId, shown } from '../data/shown.js';
import { attempt, clipId, said, shortName, state } from '../data/store.js';
import { FailureText } from '../parts/failure-text.js';
import { Icon } from '../parts/icon.js';
import { summary } from '../stage/run-view.js';
import { t } from '../strings/index.js';
import { Save } from './save.js';
import { progressOf } from './status.js';

const copied = signal<string | undefined>(undefined);

/** Every result with its settings, the newest first, until it is removed. */
export function History() {
  const runs = state.value?.runs ?? [];
  return (
    <>
      <h2>{t('history.title')}</h2>
      {runs.length === 0 ? <p class="hint">{t('history.none')}</p> : <HowCompared />}
      <ol class="history" reversed>
        {[...runs].reverse().map((run) => (
          <Entry key={run.id} run={run} />
        ))}
      </ol>
    </>
  );
}

function HowCompared() {
  if (!other.value) return <p class="hint">{t('history.hint')}</p>;
  return (
    <fieldset class="choices">
      <legend>{t('compare.how')}</legend>
      {(['beside', 'slider'] as const).map((how) => (
        <label key={how}>
          <input
            type="radio"
            name="comparing"
            checked={comparing.value === how}
            onChange={() => {
              comparing.value = how;
            }}
          />
          <span>{t(`compare.${how}`)}</span>
        </label>
      ))}
      <button
        type="button"
        onClick={() => {
          otherId.value = undefined;
        }}
      >
        {t('compare.end')}
      </button>
    </fieldset>
  );
}

function Entry({ run }: { run: RunState }) {
  const isShown = shown.value?.id === run.id;
  const isOther = other.value?.id === run.id;
  const name = `${shortName(run.clipName)}, ${summary(run)}`;
  const { full, live } = run.passes;
  const picture = full.done > 0 ? 'full' : live && live.done > 0 ? 'live' : undefined;
  return (
    <li class={isShown ? 'entry shown' : isOther ? 'entry other' : 'entry'}>
      <button
        type="button"
        class="thumb-picture"
        aria-pressed={isShown}
        aria-label={t('history.show', { name })}
        onClick={() => {
          clipId.value = run.clip;
          chosenId.value = run.id;
        }}
      >
        {picture ? (
          <img src={`/api/runs/${run.id}/${picture}/0`} alt="" />
        ) : (
          <span aria-hidden="true">…</span>
        )}
      </button>
      <div class="about">
        <p>
          <b translate={false}>{shortName(run.clipName)}</b> <span translate={false}>{summary(run)}</span>
        </p>
        <p class="hint">{stateOf(run)}</p>
        {isShown && isOld(run) && <p class="hint">{t('history.old')}</p>}
        {run.failure && (
          <p class="hint">
            <FailureText of={run.failure} />
          </p>
        )}
        <div class="tools">
          {run.video && <Save run={run} />}
          <Tool
            icon={Copy}
            says={copied.value === run.id ? t('history.copied') : t('history.copy')}
            press={() => void copy(run)}
          />
          <Tool
            icon={Columns2}
            says={t('history.compare')}
            off={isShown || !hasPictures(run)}
            press={() => {
              otherId.value = run.id;
            }}
          />
          <Tool icon={SlidersHorizontal} says={t('history.take')} press={() => takeSettings(run)} />
          <Tool
            icon={Trash2}
            says={t('history.remove')}
            press={() => void attempt(async () => void (await api.remove(run.id)))}
          />
        </div>
      </div>
    </li>
  );
}

interface ToolProps {
  readonly icon: typeof Copy;
  readonly says: string;
  readonly press: () => void;
  readonly off?: boolean;
}

function Tool({ icon, says, press, off }: ToolProps) {
  return (
    <button type="button" class="tool small" title={says} aria-label={says} disabled={off} onClick={press}>
      <Icon of={icon} size={16} />
    </button>
  );
}

async function copy({ id, command }: RunState): Promise<void> {
  await attempt(async () => {
    await navigator.clipboard.writeText(command).catch(() => {
      throw new Refusal(t('errors.clipboard', { command }));
    });
    copied.value = id;
    said.value = t('history.copied');
  });
}

function stateOf(run: RunState): string {
  const { full } = run.passes;
  if (isBusy(run)) return progressOf(full);
  return t(`states.${full.state}`, { count: full.done });
}
