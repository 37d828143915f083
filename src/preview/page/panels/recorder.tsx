import { effect, signal } from '@preact/signals';
import { Video } from 'lucide';
import type { RecordingState } from '../../protocol.js';
import { api } from '../data/api.js';
import { about, attempt, openFile, state } from '../data/store.js';
import { CameraDialog } from '../parts/camera-dialog.js';
import { FailureText } from '../parts/failure-text.js';
import { FileButton } from '../parts/file-button.js';
import { Icon } from '../parts/icon.js';
import { t } from '../strings/index.js';

const recording = signal(false);
/** The recording whose keypoints are opened once they are there. */
const mine = signal<string | undefined>(undefined);

/** Keypoints of a recording of yourself, or of a video file. */
export function Recorder() {
  const seen = state.value?.recordings.find(({ id }) => id === mine.value);
  return (
    <div class="recorder">
      <div class="row">
        <button
          type="button"
          onClick={() => {
            recording.value = true;
          }}
        >
          <Icon of={Video} size={18} /> {t('camera.video')}
        </button>
        <FileButton
          icon={Video}
          says={t('camera.file')}
          accept="video/*"
          take={([file]) => file && record(file)}
        />
      </div>
      {seen && <Progress of={seen} />}
      {recording.value && (
        <CameraDialog
          what="video"
          take={record}
          close={() => {
            recording.value = false;
          }}
        />
      )}
    </div>
  );
}

function Progress({ of: { state: now, done, failure } }: { of: RecordingState }) {
  if (failure) {
    return (
      <p class="problem" role="alert">
        <FailureText of={failure} />
      </p>
    );
  }
  if (now === 'done') return null;
  return (
    <p class="progress">
      <span>{t('camera.looking', { count: done })}</span>
      <progress aria-label={t('camera.lookingFor')} />
    </p>
  );
}

/** Sends a video, in which keypoints are looked for. */
export function record(file: File): void {
  void attempt(async () => {
    const limit = about.value?.limits.keypointBytes ?? Number.POSITIVE_INFINITY;
    mine.value = (await api.record(file, limit)).id;
  });
}

/** Opens the keypoints of the recording when they are there. */
export function followRecording(): void {
  let opened: string | undefined;
  effect(() => {
    const done = state.value?.recordings.find(({ id }) => id === mine.value);
    if (done?.file === undefined || opened === done.id) return;
    opened = done.id;
    const stored = { file: done.file, name: done.name };
    void attempt(() => openFile(stored));
  });
}
