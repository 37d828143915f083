import { cancelAll, change, choice, end, from, generate, videoSpeed } from '../data/form.js';
import { about, clip, state } from '../data/store.js';
import { number, t } from '../strings/index.js';

/** What the page is for, always in sight. */
export function Act() {
  const working = (state.value?.queue.length ?? 0) > 0;
  const { value } = clip;
  const frames = Math.max(0, end.value - from.value);
  const seconds = value ? frames / (value.fps * videoSpeed.value) : 0;
  const { preset } = choice.value;
  const presets = about.value?.presets ?? [{ name: preset, description: '', fits: true }];
  const others = presets.filter(({ fits }) => !fits);
  return (
    <section class="act" aria-label={t('act.label')}>
      <label>
        <span>{t('act.preset')}</span>
        <select
          value={preset}
          translate={false}
          lang="en"
          title={presets.find(({ name }) => name === preset)?.description}
          onChange={({ currentTarget }) => change({ preset: currentTarget.value })}
        >
          {presets.flatMap(({ name, fits }) => (fits ? [<option key={name}>{name}</option>] : []))}
          {others.length > 0 && (
            <optgroup label={t('act.others')} lang={document.documentElement.lang}>
              {others.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
      <button type="button" class="primary" disabled={!value} onClick={() => void generate()}>
        {t('act.generate')}
        {value && <small>{t('act.range', { count: frames, seconds: number(seconds, 1) })}</small>}
      </button>
      <button type="button" disabled={!working} onClick={() => void cancelAll()}>
        {t('act.cancel')}
      </button>
    </section>
  );
}
