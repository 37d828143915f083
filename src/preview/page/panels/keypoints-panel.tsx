import { signal } from '@preact/signals';
import type { ClipSource, ClipState, Framing } from '../../protocol.js';
import { api } from '../data/api.js';
import { videoSpeed } from '../data/form.js';
import { panel } from '../data/panel.js';
import { about, attempt, clip, openFile, problem, shortName, unopened } from '../data/store.js';
import { addFiles } from '../data/tiles.js';
import { t } from '../strings/index.js';
import { Recorder, record } from './recorder.js';
import { SpellForm } from './spell-form.js';

const over = signal(false);
const busy = signal(false);

/** One file is opened, or a video looked through; several files are a phrase to be joined. */
function take(files: readonly File[]): void {
  const [file] = files;
  if (!file || busy.value) return;
  if (file.type.startsWith('video/')) {
    record(file);
    return;
  }
  if (file.type.startsWith('image/')) {
    problem.value = t('keypoints.picture', { name: file.name });
    return;
  }
  busy.value = true;
  const limit = about.value?.limits.keypointBytes ?? Number.POSITIVE_INFINITY;
  const work =
    files.length > 1
      ? addToPhrase(files)
      : attempt(async () => openFile(await api.upload('files', file, limit)));
  void work.finally(() => {
    busy.value = false;
  });
}

/** Several files are a phrase. */
async function addToPhrase(files: readonly File[]): Promise<void> {
  await addFiles(files);
  panel.value = 'phrase';
}

/** Whether a folder was dropped, which a browser hands over as a file that cannot be read. */
function isFolder(transfer: DataTransfer | null): boolean {
  return [...(transfer?.items ?? [])].some((item) => item.webkitGetAsEntry()?.isDirectory);
}

export function KeypointsPanel() {
  return (
    <>
      <h2>{t('panels.keypoints')}</h2>
      <label
        class={`drop ${over.value ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => {
          over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          if (isFolder(event.dataTransfer)) {
            problem.value = t('keypoints.folder');
          } else take([...(event.dataTransfer?.files ?? [])]);
        }}
      >
        <span>{t(busy.value ? 'keypoints.reading' : 'keypoints.drop')}</span>
        <input
          type="file"
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            take(files);
          }}
        />
      </label>
      <Recorder />
      <SpellForm />
      <FileFacts />
      <VideoSpeed />
    </>
  );
}

function FileFacts() {
  const { value } = clip;
  const again = unopened.value;
  return (
    <>
      {value && (
        <p class="facts">
          <b title={value.name} translate={false}>
            {shortName(value.name)}
          </b>{' '}
          {factsOf(value)}
          {!value.whole && <span class="hint"> {t('keypoints.still', { frames: value.frames })}</span>}
        </p>
      )}
      {value?.made && (
        <a class="button narrow" href={`/api/files/${value.file}`} download={value.name}>
          {t('keypoints.save')}
        </a>
      )}
      {value?.error && (
        <p class="problem">
          <span>
            {t('failures.reading')} <span lang="en">{value.error}</span>
          </span>
        </p>
      )}
      {value && value.problems.length > 0 && (
        <details open>
          <summary>{t('keypoints.remarks', { count: value.problems.length })}</summary>
          <ul class="remarks">
            {value.problems.map((sentence) => (
              <li key={sentence} lang="en">
                {sentence}
              </li>
            ))}
          </ul>
        </details>
      )}
      {(value || again) && <Reading key={again?.file ?? value?.file} open={again !== undefined} />}
    </>
  );
}

const FRAMINGS: readonly Framing[] = ['signing', 'source', 'crop'];

/** `pose-v0.2, 78 frames, 25 a second, 512 × 512`. */
function factsOf({ format, frames, expected, whole, fps, width, height }: ClipState): string {
  const count = whole ? frames : (expected ?? frames);
  return t('keypoints.facts', { format, count, fps: Number(fps.toFixed(3)), width, height });
}

/** How the file is read: what it does not say itself, and how the signer is placed. */
function Reading({ open }: { open: boolean }) {
  const stored = unopened.value ?? (clip.value && { file: clip.value.file, name: clip.value.name });
  const source: ClipSource = unopened.value ? {} : (clip.value?.source ?? {});
  return (
    <details open={open}>
      <summary>{t('keypoints.how', { name: shortName(stored?.name ?? '') })}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const read = sourceOf(new FormData(event.currentTarget));
          if (stored) void attempt(() => openFile(stored, read));
        }}
      >
        <label>
          {t('keypoints.fps')}
          <input
            name="fps"
            type="number"
            min="0.1"
            max="1000"
            step="any"
            placeholder={t('keypoints.asFile')}
            value={source.fps}
          />
        </label>
        <div class="row">
          <label class="grow">
            {t('keypoints.width')}
            <input
              name="width"
              type="number"
              min="1"
              max="65535"
              placeholder={t('keypoints.pixels')}
              value={source.size?.width}
            />
          </label>
          <label class="grow">
            {t('keypoints.height')}
            <input
              name="height"
              type="number"
              min="1"
              max="65535"
              placeholder={t('keypoints.pixels')}
              value={source.size?.height}
            />
          </label>
          <label class="grow">
            {t('keypoints.person')}
            <input name="person" type="number" min="1" placeholder="1" value={source.person} />
          </label>
        </div>
        <label>
          {t('keypoints.placing')}
          <select name="framing" value={source.framing ?? 'signing'}>
            {FRAMINGS.map((framing) => (
              <option key={framing} value={framing}>
                {framing === 'signing' && about.value?.bundle.takesReference
                  ? t('keypoints.framings.reference')
                  : t(`keypoints.framings.${framing}`)}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">{t('keypoints.again')}</button>
      </form>
    </details>
  );
}

function sourceOf(form: FormData): ClipSource {
  const number = (name: string): number | undefined => {
    const text = String(form.get(name) ?? '');
    return text === '' ? undefined : Number(text);
  };
  const [fps, width, height, person] = [number('fps'), number('width'), number('height'), number('person')];
  const framing = form.get('framing');
  return {
    ...(fps === undefined ? {} : { fps }),
    ...(width === undefined || height === undefined ? {} : { size: { width, height } }),
    ...(person === undefined ? {} : { person }),
    ...(framing === 'source' || framing === 'crop' ? { framing } : {}),
  };
}

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];

/** How fast the video is against the file. */
function VideoSpeed() {
  if (!clip.value) return null;
  return (
    <label>
      {t('keypoints.speed')}
      <select
        value={videoSpeed.value}
        onChange={({ currentTarget }) => {
          videoSpeed.value = Number(currentTarget.value);
        }}
      >
        {SPEEDS.map((factor) => (
          <option key={factor} value={factor}>
            {factor} ×
          </option>
        ))}
      </select>
    </label>
  );
}
