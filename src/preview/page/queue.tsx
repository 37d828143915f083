import type { PassState, QueueEntry, RunState } from '../protocol.js';
import { api } from './api.js';
import { attempt, shortName, state } from './store.js';

const WORDS = { quick: 'quick look', full: 'full video', inspection: 'look inside a frame' } as const;

/** What is drawn and what waits, from every page that is open. */
export function Queue() {
  const { queue = [], runs = [] } = state.value ?? {};
  return (
    <section class="panel" aria-labelledby="queue-title">
      <h2 id="queue-title">Queue</h2>
      {queue.length === 0 ? (
        <p class="hint">Nothing is being drawn.</p>
      ) : (
        <ol class="queue">
          {queue.map((entry, i) => (
            <Entry
              key={`${entry.run} ${entry.what} ${i}`}
              entry={entry}
              run={runs.find(({ id }) => id === entry.run)}
              turn={i}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

function Entry({ entry, run, turn }: { entry: QueueEntry; run: RunState | undefined; turn: number }) {
  const pass = entry.what === 'inspection' ? undefined : run?.passes[entry.what];
  const name = `${WORDS[entry.what]} of ${shortName(run?.clipName ?? 'a clip')}, seed ${run?.variant.seed ?? 0}`;
  return (
    <li>
      <span>
        {name}
        <small>{turn > 0 ? ' waits' : progressOf(pass)}</small>
      </span>
      <button type="button" onClick={() => void attempt(async () => void (await api.cancel(entry.run)))}>
        Cancel<span class="unseen"> {name}</span>
      </button>
      {pass && pass.total !== undefined && <progress max={pass.total} value={pass.done} aria-label={name} />}
    </li>
  );
}

/** ` 12 of 97, 2 min left`. */
export function progressOf(pass: PassState | undefined): string {
  if (!pass) return '';
  const left =
    pass.total !== undefined && pass.frameMs !== undefined
      ? (pass.total - pass.done) * pass.frameMs
      : undefined;
  return ` ${pass.done} of ${pass.total ?? '?'} frames${left === undefined ? '' : `, ${duration(left / 1000)} left`}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
