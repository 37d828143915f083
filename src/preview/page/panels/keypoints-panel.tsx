import { signal } from '@preact/signals';
import type { ClipSource, Framing } from '../../protocol.js';
import { api } from '../data/api.js';
import { videoSpeed } from '../data/form.js';
import { addToJoin } from '../data/phrases.js';
import { about, attempt, clip, openFile, problem, shortName, unopened } from '../data/store.js';
import { t } from '../strings/index.js';
import { JoinForm } from './join-form.js';
import { SignForm, SpellForm } from './phrase-forms.js';

const over = signal(false);
const busy = signal(false);

/** One file is opened; several are a phrase to be joined. */
function take(files: readonly File[]): void {
  const [file] = files;
  if (!file || busy.value) return;
  busy.value = true;
  const limit = about.value?.limits.keypointBytes ?? Number.POSITIVE_INFINITY;
  const work =
    files.length > 1
      ? addToJoin(files)
      : attempt(async () => openFile(await api.upload('files', file, limit)));
  void work.finally(() => {
    busy.value = false;
  });
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
            problem.value =
              'A folder was dropped: choose a lexicon under "Sign a phrase", and name a folder of keypoints on the command line.';
          } else take([...(event.dataTransfer?.files ?? [])]);
        }}
      >
        <span>{busy.value ? 'Reading the file' : 'Drop a keypoint file here, or choose one'}</span>
        <input
          type="file"
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            take(files);
          }}
        />
      </label>
      <SpellForm />
      <SignForm />
      <JoinForm />
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
          <b title={value.name}>{shortName(value.name)}</b> {value.format},{' '}
          {value.whole ? value.frames : (value.expected ?? `${value.frames}+`)} frames,{' '}
          {Number(value.fps.toFixed(3))} a second, {value.width} × {value.height}
          {!value.whole && <span class="hint"> (still reading: {value.frames})</span>}
        </p>
      )}
      {value?.made && (
        <a class="button narrow" href={`/api/files/${value.file}`} download={value.name}>
          Save these keypoints
        </a>
      )}
      {value?.error && <p class="problem">{value.error}</p>}
      {value && value.problems.length > 0 && (
        <details open>
          <summary>
            {value.problems.length === 1 ? 'One remark' : `${value.problems.length} remarks`} on the file
          </summary>
          <ul class="remarks">
            {value.problems.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
      {(value || again) && <Reading key={again?.file ?? value?.id} open={again !== undefined} />}
    </>
  );
}

const FRAMINGS: Readonly<Record<Framing, string>> = {
  signing: 'for signing: large enough, head and hands inside',
  source: 'as in the file',
  crop: 'signer fills the picture',
};

/** How the file is read: what it does not say itself, and how the signer is placed. */
function Reading({ open }: { open: boolean }) {
  const stored = unopened.value ?? (clip.value && { file: clip.value.file, name: clip.value.name });
  const source: ClipSource = unopened.value ? {} : (clip.value?.source ?? {});
  return (
    <details open={open}>
      <summary>How {shortName(stored?.name ?? '')} is read</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const read = sourceOf(new FormData(event.currentTarget));
          if (stored) void attempt(() => openFile(stored, read));
        }}
      >
        <label>
          Frames a second
          <input
            name="fps"
            type="number"
            min="0.1"
            max="1000"
            step="any"
            placeholder="as the file says"
            value={source.fps}
          />
        </label>
        <div class="row">
          <label class="grow">
            Width
            <input
              name="width"
              type="number"
              min="1"
              max="65535"
              placeholder="pixels"
              value={source.size?.width}
            />
          </label>
          <label class="grow">
            Height
            <input
              name="height"
              type="number"
              min="1"
              max="65535"
              placeholder="pixels"
              value={source.size?.height}
            />
          </label>
          <label class="grow">
            Person
            <input name="person" type="number" min="1" placeholder="1" value={source.person} />
          </label>
        </div>
        <label>
          Placing
          <select name="framing" value={source.framing ?? 'signing'}>
            {Object.entries(FRAMINGS).map(([framing, says]) => (
              <option key={framing} value={framing}>
                {framing === 'signing' && about.value?.bundle.takesReference
                  ? "on the reference's shoulders"
                  : says}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">Read it so</button>
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
