import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { KEYS, keysOn, nameOf, setKeys } from '../data/keys.js';
import { about } from '../data/store.js';
import { t } from '../strings/index.js';

const open = signal(false);

export function openHelp(): void {
  open.value = true;
}

/** What single keys do. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = open.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="keys-title"
      onClose={() => {
        open.value = false;
      }}
    >
      <h2 id="keys-title">{t('help.title')}</h2>
      <label class="check">
        <input
          type="checkbox"
          checked={keysOn.value}
          onChange={({ currentTarget: { checked } }) => setKeys(checked)}
        />
        {t('help.on')}
      </label>
      <dl class="keys">
        {KEYS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{nameOf(key)}</kbd>
              ))}
            </dt>
            <dd>{t(`keys.${does}`)}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">
        {t('help.about', { version: about.value?.version, bundle: about.value?.bundle.name })}
      </p>
      <button type="button" onClick={() => dialog.current?.close()}>
        {t('help.close')}
      </button>
    </dialog>
  );
}
