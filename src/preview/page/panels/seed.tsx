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
          step="1"
          value={choice.value.seed}
          onInput={({ currentTarget }) =>
            change({ seed: Math.max(0, Math.floor(Number(currentTarget.value) || 0)) })
          }
        />
      </label>
      <button type="button" onClick={throwDice} title={t('signer.dice')}>
        <Icon of={Dices} size={18} /> {t('signer.another')}
      </button>
    </div>
  );
}
