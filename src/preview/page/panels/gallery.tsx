import { signal } from '@preact/signals';
import { Camera, Upload, WandSparkles } from 'lucide';
import { api } from '../data/api.js';
import { change, choice } from '../data/form.js';
import { describe } from '../data/look.js';
import { about, attempt } from '../data/store.js';
import { CameraDialog } from '../parts/camera-dialog.js';
import { FileButton } from '../parts/file-button.js';
import { Icon } from '../parts/icon.js';
import { t } from '../strings/index.js';

const photographing = signal(false);

/** The bundle's signers as pictures, and a photo of the user's. */
export function Gallery() {
  const { signers = [], takesReference } = about.value?.bundle ?? {};
  const { signer, reference, referenceName } = choice.value;
  return (
    <fieldset class="gallery">
      <legend>{t('signer.gallery')}</legend>
      <div class="tiles">
        {signers.length > 0 && (
          <Tile
            checked={signer === undefined && reference === undefined}
            name={t('signer.byWords')}
            choose={() => change({ signer: undefined, reference: undefined, referenceName: undefined })}
          />
        )}
        {reference !== undefined && (
          <Tile checked src={`/api/pictures/${reference}`} name={t('signer.photo')} says={referenceName} />
        )}
        {signers.map(({ name, words }) => (
          <Tile
            key={name}
            checked={signer === name && reference === undefined}
            src={`/api/signers/${name}`}
            name={name}
            isName
            says={describe(words)}
            choose={() => change({ signer: name, reference: undefined, referenceName: undefined })}
          />
        ))}
      </div>
      {takesReference && (
        <div class="row">
          <FileButton
            icon={Upload}
            says={t('signer.drop')}
            accept="image/png,image/jpeg,image/webp"
            take={([file]) => file && takePhoto(file)}
          />
          <button
            type="button"
            onClick={() => {
              photographing.value = true;
            }}
          >
            <Icon of={Camera} size={18} /> {t('signer.camera')}
          </button>
        </div>
      )}
      {photographing.value && (
        <CameraDialog
          what="photo"
          take={takePhoto}
          close={() => {
            photographing.value = false;
          }}
        />
      )}
    </fieldset>
  );
}

interface TileProps {
  readonly checked: boolean;
  readonly name: string;
  /** Whether that is what a signer is called, in every language. */
  readonly isName?: boolean;
  readonly src?: string;
  readonly says?: string;
  readonly choose?: () => void;
}

function Tile({ checked, src, name, isName, says, choose }: TileProps) {
  return (
    <label class="signer" title={says}>
      <input type="radio" name="signer" class="unseen" checked={checked} onChange={choose} />
      {src ? (
        <img src={src} alt={says ?? ''} width="192" height="192" loading="lazy" />
      ) : (
        <Icon of={WandSparkles} />
      )}
      <span translate={!isName}>{name}</span>
    </label>
  );
}

function takePhoto(file: File): void {
  void attempt(async () => {
    const limit = about.value?.limits.pictureBytes ?? Number.POSITIVE_INFINITY;
    const stored = await api.upload('pictures', file, limit);
    change({ reference: stored.file, referenceName: stored.name, signer: undefined });
  });
}
