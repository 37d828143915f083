import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { type Engine, openEngine, RunEvents, render } from '../pipeline/index.js';
import { digestOutput, formatOf, proofFile } from '../video/index.js';
import { type DoneClip, writeDone } from './done.js';
import { clipFailureOf } from './failure.js';
import { FolderStore } from './folder-store.js';
import type { ClipOrder } from './order.js';
import { type PoolReply, type PoolSettings, poolRequestSchema } from './pool-messages.js';

/*
 * Entry of a process of the pool: it keeps its models, and draws one clip after another. It ends when the batch lets go of it, however
 * that comes about; Ctrl-C in a terminal reaches the batch as well, which decides.
 */

const stop = new AbortController();
let settings: PoolSettings | undefined;
let engine: Promise<Engine> | undefined;
let busy: Promise<void> = Promise.resolve();

for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
process.on('SIGTERM', () => process.disconnect());
process.on('disconnect', () => void end());
process.on('message', (message) => {
  const request = poolRequestSchema.parse(message);
  if (request.kind === 'settings') settings = request;
  else if (request.kind === 'cancel') stop.abort();
  else busy = busy.then(() => answer(request.order));
});

async function end(): Promise<void> {
  stop.abort();
  await busy;
  await (await engine?.catch(() => undefined))?.close();
  process.exit(0);
}

function reply(message: PoolReply): void {
  if (process.connected) process.send?.(message);
}

async function answer(order: ClipOrder): Promise<void> {
  try {
    if (!settings) throw new Error('no settings came before the first clip');
    reply({ kind: 'done', done: await draw(order, settings) });
  } catch (error) {
    const failure = clipFailureOf(error);
    // Models that have died do not come back: the batch starts another process.
    if (failure.code === 'HF_DEVICE_DIED') process.exit(1);
    reply({ kind: 'failed', failure });
  }
}

async function draw({ key, clip }: ClipOrder, at: PoolSettings): Promise<DoneClip> {
  const { bundle, verify, device, threads } = at;
  engine ??= openEngine({ method: { bundle, verify }, runtime: { device, threads }, signal: stop.signal });
  const opened = await engine;
  const output = clip.output.path;
  const path = join(at.out, output);
  await makeFolder(dirname(path));
  const warnings: string[] = [];
  const events = new RunEvents();
  events.on('note', ({ kind, sentence }) => {
    if (kind === 'warning') warnings.push(sentence);
  });
  let before = 0;
  events.on('progress', ({ done }) => {
    reply({ kind: 'frames', count: Math.max(0, done - before) });
    before = done;
  });
  const rendered = await render(
    {
      ...clip,
      output: { ...clip.output, path, force: true },
      // Said as the engine decided, so that the video holds the command that gives the same bytes.
      runtime: { ...clip.runtime, device: opened.runner.device, threads },
      watch: { events },
      signal: stop.signal,
    },
    opened,
  );
  const sha256 = await digestOutput(path, formatOf(path));
  if (sha256 === undefined) throw new Error(`${path} is gone`);
  const { size: bytes } = await stat(proofFile(path, formatOf(path)));
  const { frames, fps } = rendered;
  const done = { output, key, sha256, frames, fps, bytes, warnings };
  await writeDone(await FolderStore.open(at.out), done);
  return done;
}
