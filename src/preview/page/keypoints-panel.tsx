import { signal } from '@preact/signals';
import type { ClipSource, Fit } from '../protocol.js';
import { api } from './api.js';
import { about, attempt, clip, openFile, shortName, unopened } from './store.js';

const over = signal(false);
const busy = signal(false);

function take(file: File | undefined): void {
  if (!file || busy.value) return;
  busy.value = true;
  void attempt(async () => {
    await openFile(
      await api.upload('files', file, about.value?.limits.keypointBytes ?? Number.POSITIVE_INFINITY),
    );
  }).finally(() => {
    busy.value = false;
  });
}

export function KeypointsPanel() {
  return (
    <section class="panel" aria-labelledby="keypoints-title">
      <h2 id="keypoints-title">1. Keypoints</h2>
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
          take(event.dataTransfer?.files[0]);
        }}
      >
        <span>{busy.value ? 'Reading the file' : 'Drop a keypoint file here, or choose one'}</span>
        <input
          type="file"
          onChange={({ currentTarget }) => {
            take(currentTarget.files?.[0]);
            currentTarget.value = '';
          }}
        />
      </label>
      <SpellBox />
      <FileFacts />
    </section>
  );
}

function SpellBox() {
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        const text = String(new FormData(event.currentTarget).get('word') ?? '');
        void attempt(async () => openFile(await api.spell(text, 1)));
      }}
    >
      <label class="grow">
        Or fingerspell a word
        <input name="word" type="text" placeholder="HELLO" autocomplete="off" maxLength={200} required />
      </label>
      <button type="submit">Spell</button>
    </form>
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

const FITS: Readonly<Record<Fit, string>> = {
  keep: 'as in the file',
  centre: 'signer in the middle',
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
          <select name="fit" value={source.fit ?? 'keep'}>
            {Object.entries(FITS).map(([fit, says]) => (
              <option key={fit} value={fit}>
                {says}
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
  const fit = form.get('fit');
  return {
    ...(fps === undefined ? {} : { fps }),
    ...(width === undefined || height === undefined ? {} : { size: { width, height } }),
    ...(person === undefined ? {} : { person }),
    ...(fit === 'centre' || fit === 'crop' ? { fit } : {}),
  };
}
