import { parentPort, workerData } from 'node:worker_threads';
import type { DetectReply, DetectRequest, DetectSettings } from './detect-messages.js';
import { type ClipMemory, findPerson, startClip } from './holistic.js';
import { compileModels } from './litert.js';
import { readModelFiles } from './model-files.js';
import type { Models } from './models.js';

/*
 * Entry of the worker thread that looks for people, since the networks block their thread. Pictures are looked at one after
 * another, in the order they come.
 */

const port = parentPort;
if (!port) throw new Error('detect-worker runs as a worker thread only');

const settings: DetectSettings = workerData;
const clips = new Map<number, ClipMemory>();
const models = await open();

let queue = Promise.resolve();
port.on('message', (request: DetectRequest) => {
  queue = queue.then(() => serve(request));
});

async function open(): Promise<Models | undefined> {
  try {
    const opened = await compileModels(await readModelFiles(settings.complexity));
    reply({ kind: 'ready' });
    return opened;
  } catch (error) {
    reply({ kind: 'unusable', message: messageOf(error) });
    return undefined;
  }
}

async function serve(request: DetectRequest): Promise<void> {
  if (request.kind === 'start') clips.set(request.clip, startClip(request.fps, request.smooth));
  else if (request.kind === 'end') clips.delete(request.clip);
  else await detect(request);
}

async function detect(request: Extract<DetectRequest, { kind: 'detect' }>): Promise<void> {
  const { id, picture, mask, clip } = request;
  try {
    if (!models) throw new Error('the networks are not loaded');
    const memory = clip === undefined ? undefined : clips.get(clip);
    const { landmarks, memory: next } = await findPerson(models, picture, { mask, memory });
    if (clip !== undefined && next) clips.set(clip, next);
    reply({ kind: 'found', id, landmarks });
  } catch (error) {
    reply({ kind: 'failed', id, message: messageOf(error) });
  }
}

function reply(message: DetectReply): void {
  port?.postMessage(message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
