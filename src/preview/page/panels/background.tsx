import { Image } from 'lucide';
import { api } from '../data/api.js';
import { change, choice } from '../data/form.js';
import { about, attempt } from '../data/store.js';
import { FileButton } from '../parts/file-button.js';
import { t } from '../strings/index.js';

/** Walls that are one press away; more with the colour field. */
const WALLS = ['#ffffff', '#d9d2c5', '#808080', '#1f3a5f', '#00b140'] as const;
const CHECKS = 'transparent';

/** What stands behind the signer. */
export function Background() {
  const { background, backgroundPicture, backgroundName } = choice.value;
  const isColour = background.startsWith('#');
  return (
    <fieldset class="background">
      <legend>{t('background.title')}</legend>
      <div class="swatches">
        <Swatch value="drawn" says={t('background.drawn')} text />
        {WALLS.map((colour) => (
          <Swatch key={colour} value={colour} says={t('background.colour', { colour })} />
        ))}
        <label class="colour" title={t('background.other')}>
          <span class="unseen">{t('background.other')}</span>
          <input
            type="color"
            value={isColour ? background : '#88aacc'}
            onInput={({ currentTarget: { value } }) => change({ background: value })}
          />
        </label>
        <Swatch value={CHECKS} says={t('background.transparent')} />
        {backgroundPicture !== undefined && (
          <Swatch value="picture" says={backgroundName ?? ''} src={`/api/pictures/${backgroundPicture}`} />
        )}
      </div>
      <FileButton
        icon={Image}
        says={t('background.picture')}
        accept="image/png,image/jpeg,image/webp"
        take={([file]) => file && takePicture(file)}
      />
      {background === CHECKS && <p class="hint">{t('background.webm')}</p>}
    </fieldset>
  );
}

interface SwatchProps {
  readonly value: string;
  readonly says: string;
  readonly src?: string;
  readonly text?: boolean;
}

function Swatch({ value, says, src, text }: SwatchProps) {
  const colour = value.startsWith('#') ? { background: value } : {};
  return (
    <label
      class={`swatch ${text ? 'text' : ''} ${value === CHECKS ? 'checks' : ''}`}
      style={colour}
      title={says}
    >
      <input
        type="radio"
        name="background"
        class="unseen"
        checked={choice.value.background === value}
        onChange={() => change({ background: value })}
      />
      {src && <img src={src} alt="" />}
      <span class={text ? '' : 'unseen'}>{says}</span>
    </label>
  );
}

function takePicture(file: File): void {
  void attempt(async () => {
    const limit = about.value?.limits.pictureBytes ?? Number.POSITIVE_INFINITY;
    const stored = await api.upload('pictures', file, limit);
    change({ background: 'picture', backgroundPicture: stored.file, backgroundName: stored.name });
  });
}
