import { Plus, Upload } from 'lucide';
import { useState } from 'preact/hooks';
import { chooseFolder, lexicon, lexiconId, lexicons, makePhrase, making } from '../data/phrases.js';
import { attempt } from '../data/store.js';
import { add, addFiles, addWords, tiles } from '../data/tiles.js';
import { FileButton } from '../parts/file-button.js';
import { Icon } from '../parts/icon.js';
import { t } from '../strings/index.js';
import { Spelling } from './spell-form.js';
import { TileTimes } from './tile-times.js';
import { Tiles } from './tiles.js';

/** Phrases of signs, spelled words and files, as tiles. */
export function PhrasePanel() {
  const count = tiles.value.length;
  return (
    <>
      <h2>{t('panels.phrase')}</h2>
      <AddWords />
      {count === 0 ? <p class="hint">{t('phrase.none')}</p> : <Tiles />}
      <TileTimes />
      <button
        type="button"
        class="primary"
        disabled={count === 0 || making.value !== undefined}
        onClick={() => void makePhrase()}
      >
        {making.value === 'phrase' ? t('phrase.making') : t('phrase.make')}
      </button>
      <Glosses />
      <FileButton icon={Upload} says={t('phrase.addFiles')} multiple take={(files) => void addFiles(files)} />
      <details>
        <summary>{t('phrase.more')}</summary>
        <Lexicon />
        <Spelling />
      </details>
    </>
  );
}

function has(gloss: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_\s]+/g, '-');
  return (lexicon()?.glosses ?? []).some((known) => plain(known) === plain(gloss));
}

function AddWords() {
  const [text, setText] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        addWords(text, has);
        setText('');
      }}
    >
      <label for="words">{t('phrase.words')}</label>
      <div class="row nowrap">
        <input
          id="words"
          type="text"
          autocomplete="off"
          maxLength={500}
          placeholder={t('phrase.wordsExample')}
          aria-describedby="words-say"
          value={text}
          onInput={({ currentTarget: { value } }) => setText(value)}
        />
        <button type="submit" disabled={text.trim() === ''}>
          <Icon of={Plus} size={18} /> {t('phrase.add')}
        </button>
      </div>
      <p id="words-say" class="hint">
        {t('phrase.wordsSay')}
      </p>
    </form>
  );
}

/** Signs of the lexicon, which a press adds. */
function Glosses() {
  const known = lexicon();
  if (!known) return null;
  const { glosses, count, name } = known;
  return (
    <details class="words" open>
      <summary>{t('phrase.glosses', { name, count })}</summary>
      <fieldset>
        <legend class="unseen">{t('phrase.press')}</legend>
        {glosses.map((gloss) => (
          <button
            key={gloss}
            type="button"
            class="word"
            translate={false}
            onClick={() => add([{ kind: 'sign', text: gloss }])}
          >
            {gloss}
          </button>
        ))}
      </fieldset>
    </details>
  );
}

/** The samples' lexicon, the one the preview was started with, or a folder of the user's. */
function Lexicon() {
  return (
    <>
      <label>
        {t('phrase.lexicon')}
        <select
          value={lexicon()?.id}
          onChange={({ currentTarget: { value } }) => {
            lexiconId.value = value;
          }}
        >
          {lexicons.value.map(({ id, name, count }) => (
            <option key={id} value={id}>
              {t('phrase.lexiconHas', { name, count })}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('phrase.folder')}
        <input
          type="file"
          ref={(input) => input?.setAttribute('webkitdirectory', '')}
          aria-describedby="folder-says"
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            if (files.length > 0) void attempt(() => chooseFolder(files));
          }}
        />
        <span id="folder-says" class="hint">
          {t('phrase.folderSays')}
        </span>
      </label>
    </>
  );
}
