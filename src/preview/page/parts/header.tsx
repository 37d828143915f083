import { Keyboard } from 'lucide';
import { clip, shortName, state } from '../data/store.js';
import { t } from '../strings/index.js';
import { openHelp } from './help.js';
import { Icon } from './icon.js';
import { isTheme, theme } from './theme.js';

const THEMES = ['system', 'light', 'dark'] as const;

export function Header() {
  const engine = state.value?.engine;
  const where =
    engine?.state === 'failed'
      ? t('failures.engine')
      : engine?.state === 'ready'
        ? t('header.ready', { device: engine.device })
        : t('header.loading');
  return (
    <header class="top">
      <h1>
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span translate={false}>handfirst</span> <small>{t('header.preview')}</small>
      </h1>
      {clip.value && (
        <p class="file" title={clip.value.name} translate={false} data-clip={clip.value.id}>
          {shortName(clip.value.name)}
        </p>
      )}
      <p class={`engine ${engine?.state ?? 'loading'}`}>
        {where} {engine?.error !== undefined && <span lang="en">{engine.error}</span>}
      </p>
      <label class="theme">
        <span class="unseen">{t('header.colours')}</span>
        <select
          value={theme.value}
          onChange={({ currentTarget: { value } }) => {
            if (isTheme(value)) theme.value = value;
          }}
        >
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {t(`themes.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="tool"
        onClick={openHelp}
        title={t('header.keys')}
        aria-label={t('header.keys')}
      >
        <Icon of={Keyboard} />
      </button>
    </header>
  );
}
