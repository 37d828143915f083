import { api } from '../data/api.js';
import { change, choice } from '../data/form.js';
import { throwDice } from '../data/keys.js';
import { about, attempt } from '../data/store.js';
import { t } from '../strings/index.js';

const BACKGROUNDS = [
  { value: 'drawn', says: 'as drawn' },
  { value: '#ffffff', says: 'white' },
  { value: '#000000', says: 'black' },
  { value: '#808080', says: 'grey' },
  { value: '#00ff00', says: 'green' },
  { value: '#0000ff', says: 'blue' },
  { value: 'transparent', says: 'transparent (WebM)' },
] as const;

export function SignerPanel() {
  const known = about.value;
  const { prompt, background } = choice.value;
  return (
    <>
      <h2>{t('panels.signer')}</h2>
      <label>
        Who is shown
        <textarea
          rows={2}
          value={prompt}
          placeholder={known?.bundle.defaultPrompt || 'a young woman with black hair in a red top'}
          onInput={({ currentTarget }) => change({ prompt: currentTarget.value })}
        />
      </label>
      <Words />
      <Signers />
      <Seed />
      {known?.bundle.takesReference && <Reference />}
      {known?.bundle.replacesBackground && (
        <label>
          Background
          <select
            value={background}
            onChange={({ currentTarget }) => change({ background: currentTarget.value })}
          >
            {BACKGROUNDS.map(({ value, says }) => (
              <option key={value} value={value}>
                {says}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

/** The bundle's vocabulary by what it describes; a word that is pressed joins the prompt. */
function Words() {
  const topics = Object.entries(about.value?.bundle.topics ?? {}).sort(([a], [b]) => a.localeCompare(b));
  if (topics.length === 0) return null;
  const add = (word: string): void => {
    const { prompt } = choice.value;
    change({ prompt: prompt.trim() === '' ? word : `${prompt.trim()} ${word}` });
  };
  return (
    <details class="words">
      <summary>Words it knows</summary>
      {topics.map(([topic, words]) => (
        <fieldset key={topic}>
          <legend>{topic.replaceAll('_', ' ')}</legend>
          {words.map((word) => (
            <button key={word} type="button" class="word" onClick={() => add(word)}>
              {word}
            </button>
          ))}
        </fieldset>
      ))}
    </details>
  );
}

/** The bundle's gallery by name; the words above choose where none is taken. */
function Signers() {
  const names = about.value?.bundle.signers ?? [];
  if (names.length === 0) return null;
  return (
    <label>
      Signer of the gallery
      <select
        value={choice.value.signer ?? ''}
        onChange={({ currentTarget }) => change({ signer: currentTarget.value || undefined })}
      >
        <option value="">by the words above</option>
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

function Seed() {
  return (
    <div class="row">
      <label class="grow">
        Seed
        <input
          type="number"
          min="0"
          step="1"
          value={choice.value.seed}
          onInput={({ currentTarget }) =>
            change({ seed: Math.max(0, Math.floor(Number(currentTarget.value) || 0)) })
          }
        />
      </label>
      <button type="button" onClick={throwDice} title="Another seed (D)">
        <span aria-hidden="true">⚄</span> Dice
      </button>
    </div>
  );
}

function Reference() {
  const { referenceName } = choice.value;
  return (
    <div class="row">
      <label class="grow">
        Reference picture
        <input
          type="file"
          accept="image/png,image/jpeg,image/webp"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            currentTarget.value = '';
            if (!file) return;
            void attempt(async () => {
              const limit = about.value?.limits.pictureBytes ?? Number.POSITIVE_INFINITY;
              const stored = await api.upload('pictures', file, limit);
              change({ reference: stored.file, referenceName: stored.name });
            });
          }}
        />
      </label>
      {referenceName && (
        <button type="button" onClick={() => change({ reference: undefined, referenceName: undefined })}>
          Remove {referenceName}
        </button>
      )}
    </div>
  );
}
