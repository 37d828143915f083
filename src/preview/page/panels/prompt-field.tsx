import Combobox from '@github/combobox-nav';
import { useEffect, useRef, useState } from 'preact/hooks';
import { change, choice } from '../data/form.js';
import { look } from '../data/look.js';
import { about } from '../data/store.js';
import { t } from '../strings/index.js';
import { topicName } from '../strings/names.js';

/** Words that are offered at a time. */
const OFFERED = 7;

/** The prompt: words that the bundle knows are offered, and those that it does not know are marked. */
export function PromptField() {
  const { prompt, reference } = choice.value;
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [offered, setOffered] = useState<readonly string[]>([]);
  // A word that is still being typed is not marked.
  const typed = offered.length > 0 ? lastWord(prompt) : '';
  const unknown = look.value.unknown.filter(({ word }) => word !== typed);
  useEffect(() => {
    if (!input.current || !list.current || offered.length === 0) return;
    const [field, words] = [input.current, list.current];
    const combobox = new Combobox(field, words, { firstOptionSelectionMode: 'none' });
    const take = ({ target }: Event): void => {
      const word = target instanceof HTMLElement ? target.innerText : '';
      change({ prompt: withLastWord(choice.peek().prompt, word) });
      setOffered([]);
    };
    words.addEventListener('combobox-commit', take);
    combobox.start();
    return () => {
      words.removeEventListener('combobox-commit', take);
      combobox.destroy();
    };
  }, [offered]);
  return (
    <div class="prompt">
      <label for="prompt">{t('signer.prompt')}</label>
      <input
        ref={input}
        id="prompt"
        type="text"
        translate={false}
        autocomplete="off"
        spellcheck={false}
        maxLength={2000}
        value={prompt}
        placeholder={about.value?.bundle.defaultPrompt || t('signer.example')}
        aria-invalid={unknown.length > 0}
        aria-describedby="prompt-says"
        onInput={({ currentTarget: { value } }) => {
          change({ prompt: value });
          setOffered(wordsFor(value));
        }}
        onBlur={() => setOffered([])}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && offered.length > 0) {
            event.preventDefault();
            setOffered([]);
          }
        }}
      />
      <div
        ref={list}
        id="prompt-words"
        role="listbox"
        aria-label={t('signer.known')}
        hidden={offered.length === 0}
        onMouseDown={(event) => event.preventDefault()}
      >
        {offered.map((word) => (
          <div
            key={word}
            id={`word-${word.replaceAll(' ', '-')}`}
            role="option"
            translate={false}
            aria-selected={false}
            tabIndex={-1}
          >
            {word}
          </div>
        ))}
      </div>
      <div id="prompt-says">
        {unknown.map(({ word, nearest }) => (
          <p key={word} class="unknown">
            <span>
              <mark translate={false}>{word}</mark> {t('signer.unknown')}
            </span>
            {nearest.map((near) => (
              <button
                key={near}
                type="button"
                class="word"
                translate={false}
                onClick={() => change({ prompt: replaced(prompt, word, near) })}
              >
                {near}
              </button>
            ))}
          </p>
        ))}
        {reference !== undefined && prompt.trim() !== '' && <p class="hint">{t('signer.photoWins')}</p>}
      </div>
      <Words />
    </div>
  );
}

/** Known words that continue the last one, whole terms first. */
function wordsFor(prompt: string): string[] {
  const last = lastWord(prompt);
  if (last === '') return [];
  const all = [...new Set(Object.values(about.value?.bundle.topics ?? {}).flat())];
  const begun = all.filter((word) => word !== last && word.toLowerCase().startsWith(last));
  return begun.sort((a, b) => a.length - b.length).slice(0, OFFERED);
}

function lastWord(prompt: string): string {
  return /[\p{L}\p{N}-]+$/u.exec(prompt)?.[0].toLowerCase() ?? '';
}

function withLastWord(prompt: string, word: string): string {
  return `${prompt.replace(/[\p{L}\p{N}-]+$/u, '')}${word} `;
}

function replaced(prompt: string, word: string, near: string): string {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return prompt.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu'), near);
}

/** The bundle's vocabulary by what it describes; a word that is pressed joins the prompt. */
function Words() {
  const topics = Object.entries(about.value?.bundle.topics ?? {});
  if (topics.length === 0) return null;
  const add = (word: string): void => {
    const { prompt } = choice.value;
    change({ prompt: prompt.trim() === '' ? word : `${prompt.trim()} ${word}` });
  };
  return (
    <details class="words">
      <summary>{t('signer.words')}</summary>
      {topics.map(([topic, words]) => (
        <fieldset key={topic}>
          <legend>{topicName(topic)}</legend>
          {words.map((word) => (
            <button key={word} type="button" class="word" translate={false} onClick={() => add(word)}>
              {word}
            </button>
          ))}
        </fieldset>
      ))}
    </details>
  );
}
