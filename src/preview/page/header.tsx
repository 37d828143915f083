import { useRef } from 'preact/hooks';
import { KEYS, keysOn, setKeys } from './keys.js';
import { about, state } from './store.js';
import { type Theme, theme } from './theme.js';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

function isTheme(value: string): value is Theme {
  return THEMES.some((known) => known === value);
}

export function Header() {
  const help = useRef<HTMLDialogElement>(null);
  const engine = state.value?.engine;
  const where =
    engine?.state === 'failed'
      ? engine.error
      : engine?.state === 'ready'
        ? `Models ready on ${engine.device}`
        : 'Models are loading';
  return (
    <header class="top">
      <h1>
        <img src="/icon.svg" alt="" width="32" height="32" />
        handfirst <span>preview</span>
      </h1>
      <p class={`engine ${engine?.state ?? 'loading'}`}>{where}</p>
      <label class="inline">
        Colours
        <select
          value={theme.value}
          onChange={({ currentTarget: { value } }) => {
            if (isTheme(value)) theme.value = value;
          }}
        >
          <option value="system">as the system</option>
          <option value="light">light</option>
          <option value="dark">dark</option>
        </select>
      </label>
      <button type="button" onClick={() => help.current?.showModal()}>
        Keys
      </button>
      <dialog ref={help} aria-labelledby="keys-title">
        <h2 id="keys-title">Keys</h2>
        <label class="check">
          <input
            type="checkbox"
            checked={keysOn.value}
            onChange={({ currentTarget: { checked } }) => setKeys(checked)}
          />
          Single keys do something
        </label>
        <dl class="keys">
          <dt>
            <kbd>←</kbd> <kbd>→</kbd>
          </dt>
          <dd>a frame back or on, with Shift ten</dd>
          {KEYS.flatMap(({ key, does }) => [
            <dt key={key}>
              <kbd>{key.length === 1 ? key.toUpperCase() : key}</kbd>
            </dt>,
            <dd key={`${key} does`}>{does}</dd>,
          ])}
        </dl>
        <p class="hint">
          handfirst {about.value?.version}, bundle {about.value?.bundle.name}. Everything stays on this
          machine.
        </p>
        <button type="button" onClick={() => help.current?.close()}>
          Close
        </button>
      </dialog>
    </header>
  );
}
