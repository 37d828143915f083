import { hand, making, spellingSpeed, spellWord } from '../data/phrases.js';
import { t } from '../strings/index.js';

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];

/** A word in letters, the quickest way to something that moves. */
export function SpellForm() {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void spellWord(String(new FormData(event.currentTarget).get('word') ?? ''));
      }}
    >
      <label for="word">{t('phrase.spell')}</label>
      <div class="row nowrap">
        <input
          id="word"
          name="word"
          type="text"
          placeholder={t('phrase.spellExample')}
          autocomplete="off"
          maxLength={500}
          required
        />
        <button type="submit">{making.value === 'spell' ? t('phrase.spelling') : t('phrase.spellIt')}</button>
      </div>
    </form>
  );
}

/** The hand and the speed of letters. */
export function Spelling() {
  return (
    <div class="row">
      <label class="grow">
        {t('phrase.hand')}
        <select
          value={hand.value}
          onChange={({ currentTarget: { value } }) => {
            hand.value = value === 'left' ? 'left' : 'right';
          }}
        >
          <option value="right">{t('phrase.right')}</option>
          <option value="left">{t('phrase.left')}</option>
        </select>
      </label>
      <label class="grow">
        {t('phrase.spellingSpeed')}
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
