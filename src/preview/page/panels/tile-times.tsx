import { ArrowLeft, ArrowRight, Trash2 } from 'lucide';
import { edit, remove, selected, tiles } from '../data/tiles.js';
import { Icon } from '../parts/icon.js';
import { number, t } from '../strings/index.js';
import { moveTile } from './tiles.js';

/** How often, how fast and how long the selected tile is signed, and where. */
export function TileTimes() {
  const at = tiles.value.findIndex(({ id }) => id === selected.value);
  const tile = tiles.value[at];
  if (!tile) return null;
  const { id, text, repeat, speed, hold } = tile;
  return (
    <fieldset class="times">
      <legend translate={false}>{text}</legend>
      <label>
        {t('phrase.repeat')}
        <input
          type="number"
          min="1"
          max="20"
          value={repeat}
          onInput={({ currentTarget: { value } }) =>
            edit(id, { repeat: Math.min(20, Math.max(1, Math.floor(Number(value) || 1))) })
          }
        />
      </label>
      <Range
        name={t('phrase.speed')}
        says={t('transport.times', { rate: number(speed, 2) })}
        bounds={{ min: 0.25, max: 2, step: 0.05 }}
        value={speed}
        change={(value) => edit(id, { speed: value })}
      />
      <Range
        name={t('phrase.hold')}
        says={t('time.seconds', { value: number(hold, 1) })}
        bounds={{ min: 0, max: 3, step: 0.1 }}
        value={hold}
        change={(value) => edit(id, { hold: value })}
      />
      <div class="tools">
        <button type="button" class="small" disabled={at === 0} onClick={() => moveTile(at, at - 1, text)}>
          <Icon of={ArrowLeft} size={16} /> {t('phrase.earlier')}
        </button>
        <button
          type="button"
          class="small"
          disabled={at === tiles.value.length - 1}
          onClick={() => moveTile(at, at + 1, text)}
        >
          <Icon of={ArrowRight} size={16} /> {t('phrase.later')}
        </button>
        <button type="button" class="small" onClick={() => remove(id)}>
          <Icon of={Trash2} size={16} /> {t('phrase.remove')}
        </button>
      </div>
    </fieldset>
  );
}

interface RangeProps {
  readonly name: string;
  readonly says: string;
  readonly bounds: { readonly min: number; readonly max: number; readonly step: number };
  readonly value: number;
  readonly change: (value: number) => void;
}

function Range({ name, says, bounds, value, change }: RangeProps) {
  return (
    <label>
      <span>
        {name} <output>{says}</output>
      </span>
      <input
        type="range"
        {...bounds}
        value={value}
        aria-valuetext={says}
        onInput={({ currentTarget }) => change(Math.round(Number(currentTarget.value) * 100) / 100)}
      />
    </label>
  );
}
