import { look, looking, lookProblem, photoOnItsWay } from '../data/look.js';
import { about } from '../data/store.js';
import { FailureText } from '../parts/failure-text.js';
import { t } from '../strings/index.js';
import { Background } from './background.js';
import { Gallery } from './gallery.js';
import { PromptField } from './prompt-field.js';
import { Seed } from './seed.js';

/** Who is shown, and before what. */
export function SignerPanel() {
  const known = about.value?.bundle;
  return (
    <>
      <h2>{t('panels.signer')}</h2>
      <LookPicture />
      <PromptField />
      {known && (known.signers.length > 0 || known.takesReference) && <Gallery />}
      {known?.replacesBackground && <Background />}
      <Seed />
    </>
  );
}

/** The signer as words, gallery and background make them, before anything is drawn. */
function LookPicture() {
  const { picture, signer, notes } = look.value;
  const photo = photoOnItsWay.value;
  if (photo !== undefined) {
    return (
      <figure class="look" aria-busy>
        <img src={`/api/pictures/${photo}`} alt={t('signer.photo')} width="512" height="512" />
        <figcaption>
          <strong>{t('signer.finding')}</strong>
        </figcaption>
      </figure>
    );
  }
  if (lookProblem.value) {
    return (
      <p class="problem" role="alert">
        <FailureText of={lookProblem.value} />
      </p>
    );
  }
  if (!picture) return null;
  return (
    <figure class="look" aria-busy={looking.value}>
      <img src={`/api/looks/${picture}`} alt={t('signer.lookAlt')} width="512" height="512" />
      <figcaption>
        {signer === undefined ? (
          <strong>{t('signer.photo')}</strong>
        ) : (
          <strong translate={false}>{signer}</strong>
        )}
        {notes.map((note) => (
          <span key={note} lang="en">
            {note}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
