import { setTimeout as wait } from 'node:timers/promises';

/*
 * Every way in which the program ends before its work is done. Threads that run models must not be torn down in the middle of a run
 * (their runtime then aborts the whole program), so whatever happens, what was started is cancelled and waited for first.
 */

/** What is running, to be cancelled. */
const running = new Set<AbortController>();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long what was cancelled may take to end after a fault. */
const PATIENCE_MS = 20_000;

/** Ends the process as a signal does that nobody handles: at once, and without taking threads apart. */
function endBy(name: NodeJS.Signals): void {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}

/**
 * A signal that is aborted by Ctrl-C, a request to terminate, a terminal that goes away and `cancelAll`, so that everything that was
 * started ends in order. A second Ctrl-C ends the program at once.
 */
export function cancelOnSignals(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const cancel = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) endBy(name);
    else controller.abort();
  };
  running.add(controller);
  for (const name of SIGNALS) process.on(name, cancel);
  return {
    signal: controller.signal,
    release: () => {
      running.delete(controller);
      for (const name of SIGNALS) process.off(name, cancel);
    },
  };
}

/** Resolves when the program is to stop, of which `signal` hears; a second request ends it at once. */
export async function untilStopped(signal = cancelOnSignals().signal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Cancels everything that runs. */
export function cancelAll(): void {
  for (const controller of running) controller.abort();
}

/** Cancels everything that runs after a fault; what does not end in time is ended with the program. */
export async function cancelAfterFault(): Promise<void> {
  cancelAll();
  await wait(PATIENCE_MS, undefined, { ref: false });
  endBy('SIGTERM');
}
