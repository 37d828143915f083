import { signal } from '@preact/signals';
import { Download } from 'lucide';
import type { ExportFormat, RunState } from '../../protocol.js';
import { api } from '../data/api.js';
import { frame } from '../data/player.js';
import { attempt, said } from '../data/store.js';
import { Icon } from '../parts/icon.js';
import { t } from '../strings/index.js';

/** What is being made to be saved: run and format. */
const saving = signal<string | undefined>(undefined);

/** The ways in which a finished video can be saved. */
export function Save({ run }: { run: RunState }) {
  const { id, video, variant, passes, from, captioned } = run;
  if (!video) return null;
  const stem = video.name.replace(/\.\w+$/, '');
  const formats =
    variant.background === 'transparent' ? (['webm', 'gif'] as const) : (['mp4', 'webm', 'gif'] as const);
  const index = Math.max(0, Math.min(frame.value - from, passes.full.done - 1));
  return (
    <fieldset class="tools" aria-label={t('history.saveAs', { name: video.name })}>
      {formats.map((format) => {
        const isMaking = saving.value === `${id} ${format}`;
        return (
          <button
            key={format}
            type="button"
            class="small"
            aria-busy={isMaking}
            aria-label={t('history.save', { name: `${stem}.${format}` })}
            onClick={() => void save(id, format)}
          >
            <Icon of={Download} size={14} /> {isMaking ? t('history.making') : t(`formats.${format}`)}
          </button>
        );
      })}
      <Link
        href={`/api/runs/${id}/png/${index}`}
        name={`${stem}-${from + index}.png`}
        says={t('formats.png')}
      />
      {captioned && <Link href={`/api/runs/${id}/captions`} name={`${stem}.vtt`} says={t('formats.vtt')} />}
    </fieldset>
  );
}

function Link({ href, name, says }: { href: string; name: string; says: string }) {
  return (
    <a class="button small" href={href} download={name} aria-label={t('history.save', { name })}>
      {says}
    </a>
  );
}

/** Has the video made where it is not there yet, and saves it. */
async function save(run: string, format: ExportFormat): Promise<void> {
  saving.value = `${run} ${format}`;
  await attempt(async () => {
    const { name } = await api.video(run, format);
    const link = document.createElement('a');
    link.href = `/api/runs/${run}/video/${format}`;
    link.download = name;
    link.click();
    said.value = t('history.saved', { name });
  });
  saving.value = undefined;
}
