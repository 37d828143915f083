import { Dices } from 'lucide';
import { change, choice } from '../data/form.js';
import { throwDice } from '../data/keys.js';
import { Icon } from '../parts/icon.js';
import { t } from '../strings/index.js';

export function Seed() {
  return (
    <div class="row">
      <label class="grow">
        {t('signer.seed')}
        <input
          type="number"
          min="0"
          max={Number.MAX_SAFE_INTEGER}
          step="1"
          value={choice.value.seed}
          onInput={({ currentTarget }) => {
            const seed = Math.floor(Number(currentTarget.value) || 0);
            change({ seed: Math.min(Math.max(0, seed), Number.MAX_SAFE_INTEGER) });
          }}
        />
      </label>
      <button type="button" onClick={throwDice} title={t('signer.dice')}>
        <Icon of={Dices} size={18} /> {t('signer.another')}
      </button>
    </div>
  );
}
