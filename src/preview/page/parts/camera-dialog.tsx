import { Camera, Circle, Square } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { duration, t } from '../strings/index.js';
import { Icon } from './icon.js';

interface CameraDialogProps {
  readonly what: 'photo' | 'video';
  readonly take: (file: File) => void;
  readonly close: () => void;
}

/** What is asked of the camera: enough for hands, at a rate that most cameras have. */
const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25 } };

/** The user's camera, for a photo or a recording. Nothing leaves the machine, and the camera is off once it is closed. */
export function CameraDialog({ what, take, close }: CameraDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream>();
  const [problem, setProblem] = useState<string>();
  /** Whether there is a picture to be taken. */
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
    let mine: MediaStream | undefined;
    let over = false;
    navigator.mediaDevices
      .getUserMedia({ video: WANTED, audio: false })
      .then((opened) => {
        mine = opened;
        if (over) stop(opened);
        else setStream(opened);
        if (video.current) video.current.srcObject = opened;
      })
      .catch((error: unknown) => setProblem(why(error)));
    return () => {
      over = true;
      stop(mine);
    };
  }, []);
  const done = (file: File): void => {
    take(file);
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="camera" aria-labelledby="camera-title" onClose={close}>
      <h2 id="camera-title">{t(`camera.${what}`)}</h2>
      {problem ? (
        <p class="problem" role="alert">
          {problem}
        </p>
      ) : (
        <video ref={video} autoplay muted playsInline onLoadedData={() => setSeen(true)} />
      )}
      <p class="hint">{t(`camera.${what}Says`)}</p>
      <div class="row">
        {seen && what === 'photo' && (
          <button type="button" class="primary" onClick={() => void photograph(video.current).then(done)}>
            <Icon of={Camera} size={18} /> {t('camera.shoot')}
          </button>
        )}
        {stream && what === 'video' && <Recorder stream={stream} done={done} />}
        <button type="button" onClick={() => dialog.current?.close()}>
          {t('camera.cancel')}
        </button>
      </div>
    </dialog>
  );
}

function Recorder({ stream, done }: { stream: MediaStream; done: (file: File) => void }) {
  const recorder = useRef<MediaRecorder | undefined>(undefined);
  const [seconds, setSeconds] = useState<number>();
  const isRecording = seconds !== undefined;
  // The camera is off once the dialog is closed, which ends a recording as well: nobody asked for that one.
  useEffect(
    () => () => {
      if (recorder.current) recorder.current.onstop = null;
    },
    [],
  );
  useEffect(() => {
    if (!isRecording) return;
    const timer = setInterval(() => setSeconds((now = 0) => now + 1), 1000);
    return () => clearInterval(timer);
  }, [isRecording]);
  const start = (): void => {
    const parts: Blob[] = [];
    const mine = new MediaRecorder(stream);
    mine.ondataavailable = ({ data }) => parts.push(data);
    mine.onstop = () => {
      const type = mine.mimeType.split(';')[0] ?? 'video/webm';
      done(new File(parts, `recording.${type.endsWith('mp4') ? 'mp4' : 'webm'}`, { type }));
    };
    mine.start();
    recorder.current = mine;
    setSeconds(0);
  };
  if (!isRecording) {
    return (
      <button type="button" class="primary" onClick={start}>
        <Icon of={Circle} size={18} /> {t('camera.record')}
      </button>
    );
  }
  return (
    <button type="button" class="primary recording" onClick={() => recorder.current?.stop()}>
      <Icon of={Square} size={18} /> {t('camera.stop')} <output>{duration(seconds)}</output>
    </button>
  );
}

/** The camera's picture as it is now. */
async function photograph(video: HTMLVideoElement | null): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = video?.videoWidth ?? 0;
  canvas.height = video?.videoHeight ?? 0;
  if (video) canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  return new File(blob ? [blob] : [], 'photo.png', { type: 'image/png' });
}

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

function why(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return t('camera.refused');
  return name === 'NotFoundError' ? t('camera.none') : t('camera.broken', { why: String(error) });
}
