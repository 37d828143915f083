import { signal } from '@preact/signals';
import { chooseFolder, hand, lexicons, makePhrase, making, spellingSpeed } from '../data/phrases.js';
import { attempt } from '../data/store.js';

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
/** Longest phrase, letters. */
const LONGEST = 500;

export function SpellForm() {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const text = String(new FormData(event.currentTarget).get('word') ?? '');
        void makePhrase({ how: 'spell', text, hand: hand.value, speed: spellingSpeed.value });
      }}
    >
      <div class="row">
        <label class="grow">
          Or fingerspell a word
          <input
            name="word"
            type="text"
            placeholder="HELLO"
            autocomplete="off"
            maxLength={LONGEST}
            required
          />
        </label>
        <button type="submit">{making.value === 'spell' ? 'Spelling' : 'Spell'}</button>
      </div>
      <Spelling />
    </form>
  );
}

/** The hand and the speed of letters. */
function Spelling() {
  return (
    <div class="row">
      <label class="grow">
        Spelling hand
        <select
          value={hand.value}
          onChange={({ currentTarget: { value } }) => {
            hand.value = value === 'left' ? 'left' : 'right';
          }}
        >
          <option>right</option>
          <option>left</option>
        </select>
      </label>
      <label class="grow">
        Spelling speed
        <select
          value={spellingSpeed.value}
          onChange={({ currentTarget: { value } }) => {
            spellingSpeed.value = Number(value);
          }}
        >
          {SPEEDS.map((factor) => (
            <option key={factor} value={factor}>
              {factor} ×
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

const lexicon = signal('');
const glosses = signal('');
const spellUnknown = signal(false);

/** A phrase from a lexicon: the samples', the one the preview was started with, or a folder of the user's. */
export function SignForm() {
  const known = lexicons.value;
  const chosen = known.find(({ id }) => id === lexicon.value) ?? known[0];
  return (
    <details>
      <summary>Sign a phrase from a lexicon</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!chosen) return;
          void makePhrase({
            how: 'sign',
            text: glosses.value,
            lexicon: chosen.id,
            spellUnknown: spellUnknown.value,
            hand: hand.value,
            speed: spellingSpeed.value,
          });
        }}
      >
        <label>
          Lexicon
          <select
            value={chosen?.id}
            onChange={({ currentTarget: { value } }) => {
              lexicon.value = value;
            }}
          >
            {known.map(({ id, name, count }) => (
              <option key={id} value={id}>
                {name}, {count === 1 ? '1 sign' : `${count} signs`}
              </option>
            ))}
          </select>
        </label>
        <Folder />
        <label>
          Glosses
          <textarea
            rows={2}
            required
            maxLength={LONGEST}
            placeholder="HELLO NAME MY A-N-A"
            aria-describedby="glosses-say"
            value={glosses.value}
            onInput={({ currentTarget: { value } }) => {
              glosses.value = value;
            }}
          />
        </label>
        <p id="glosses-say" class="hint">
          Parted by blanks; letters joined by hyphens are fingerspelled.
        </p>
        {chosen && <Glosses of={chosen.glosses} count={chosen.count} />}
        <label class="check">
          <input
            type="checkbox"
            checked={spellUnknown.value}
            onChange={({ currentTarget: { checked } }) => {
              spellUnknown.value = checked;
            }}
          />
          Spell what the lexicon lacks
        </label>
        <Spelling />
        <button type="submit">{making.value === 'sign' ? 'Signing' : 'Sign'}</button>
      </form>
    </details>
  );
}

/** A lexicon of the user's own. */
function Folder() {
  return (
    <label>
      Or a folder of yours
      <input
        type="file"
        ref={(input) => input?.setAttribute('webkitdirectory', '')}
        aria-describedby="folder-says"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          if (files.length === 0) return;
          void attempt(async () => {
            lexicon.value = (await chooseFolder(files)).id;
          });
        }}
      />
      <span id="folder-says" class="hint">
        Files such as HELLO.pose, or with an index.csv. Only the signs that a phrase needs are read.
      </span>
    </label>
  );
}

function Glosses({ of, count }: { of: readonly string[]; count: number }) {
  const add = (gloss: string): void => {
    const said = glosses.value.trim();
    glosses.value = said === '' ? gloss : `${said} ${gloss}`;
  };
  return (
    <details class="words">
      <summary>Glosses it has{count > of.length && ` (the first ${of.length})`}</summary>
      <fieldset>
        <legend class="unseen">Press one to add it</legend>
        {of.map((gloss) => (
          <button key={gloss} type="button" class="word" onClick={() => add(gloss)}>
            {gloss}
          </button>
        ))}
      </fieldset>
    </details>
  );
}
