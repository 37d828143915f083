/**
 * A signal that Ctrl-C (or a request to terminate) aborts, so that everything that was started ends in order. A second
 * Ctrl-C ends the program at once.
 */
export function cancelOnSignals(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const cancel = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, cancel);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of names) process.off(name, cancel);
    },
  };
}
