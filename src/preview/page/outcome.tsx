import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RunState } from '../protocol.js';
import { progressOf } from './queue.js';
import { compare, runs, SIDE_NAMES, said } from './store.js';

/** What became of the shown runs: the video, the command, warnings and failures. */
export function Outcome() {
  return (
    <>
      {runs.value.map(
        (run, i) => run && <Result key={run.id} run={run} name={compare.value ? ` ${SIDE_NAMES[i]}` : ''} />,
      )}
    </>
  );
}

const STATES = {
  waiting: 'waits',
  drawing: 'is being drawn',
  paused: 'pauses for something quick',
  done: 'is finished',
  cancelled: 'was cancelled',
  failed: 'failed',
} as const;

const copied = signal<string | undefined>(undefined);

function Result({ run, name }: { run: RunState; name: string }) {
  const { full } = run.passes;
  useEffect(() => {
    if (full.state === 'done') said.value = `The video${name} is finished, ${full.done} frames.`;
    if (full.state === 'failed') said.value = `The video${name} failed.`;
  }, [full.state, full.done, name]);
  const ending = run.variant.background === 'transparent' ? 'WebM' : 'MP4';
  return (
    <section class="panel outcome" aria-label={`Video${name}`}>
      <p>
        <b>Video{name}</b> {STATES[full.state]}
        {full.state === 'drawing' || full.state === 'paused' ? `:${progressOf(full)}` : '.'}
        {run.passes.quick.firstMs !== undefined && (
          <span class="hint"> First look after {(run.passes.quick.firstMs / 1000).toFixed(1)} s.</span>
        )}
      </p>
      {full.total !== undefined && full.state !== 'done' && full.state !== 'failed' && (
        <progress max={full.total} value={full.done} aria-label={`Frames of the video${name}`} />
      )}
      {run.error && (
        <p class="problem" role="alert">
          {run.error}
        </p>
      )}
      {run.notes.map((note) => (
        <p class="note" key={note}>
          {note}
        </p>
      ))}
      <div class="row">
        {run.video ? (
          <a class="button primary" href={`/api/runs/${run.id}/video`} download={run.video.name}>
            Download {ending}
            {name}
          </a>
        ) : (
          <button type="button" disabled>
            Download {ending}
            {name}
          </button>
        )}
        <button
          type="button"
          onClick={() => {
            void navigator.clipboard.writeText(run.command).then(() => {
              copied.value = run.id;
              said.value = 'The command is copied.';
            });
          }}
        >
          {copied.value === run.id ? 'Copied' : 'Copy the command'}
        </button>
      </div>
      <code class="command">{run.command}</code>
    </section>
  );
}
