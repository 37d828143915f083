import type { MessagePort } from 'node:worker_threads';
import type { LocalRunner } from '../../models/local-runner.js';
import type { Manifest } from '../../models/manifest.js';
import type { GraphRunner } from '../../models/tensor.js';
import { plainError } from '../../plain-error.js';
import { clipReference } from '../../stages/carry/carry.js';
import { drawConditions } from '../../stages/conditions/index.js';
import type { RefineStage } from '../../stages/refine/refine-hands.js';
import { drawFrame, type Method } from '../../stages/two-stage.js';
import { makeMethod } from '../method.js';
import type { ClipSetup, DrawReply, DrawRequest } from './draw-messages.js';

/** A clip as this thread draws it. */
interface OpenClip {
  readonly method: Method;
  close(): Promise<void>;
}

/**
 * Draws frames in a session worker, so that nothing is copied between a frame's stages: conditions are drawn, graphs run and pictures
 * put together in one thread, and as many frames at a time as there are threads. Frames are drawn one after another.
 */
export function serve(port: MessagePort, runner: LocalRunner): void {
  const clips = new Map<number, OpenClip>();
  const wanted = new Map<number, AbortController>();
  let queue = Promise.resolve();

  const answer = async (request: DrawRequest): Promise<void> => {
    if (request.kind === 'close') {
      await clips.get(request.clip)?.close();
      clips.delete(request.clip);
    } else if (request.kind === 'open') {
      const { id, clip, setup } = request;
      await replied(id, async () => {
        clips.set(clip, await openClip(setup, runner));
        return { reply: { kind: 'opened', id } };
      });
    } else if (request.kind === 'draw') await draw(request);
  };

  const draw = ({ id, clip, job }: Extract<DrawRequest, { kind: 'draw' }>): Promise<void> =>
    replied(id, async () => {
      const begun = performance.now();
      const before = runner.graphMs;
      const method = clips.get(clip)?.method;
      if (!method) throw new Error('the clip is not open');
      const { pose, crops, keep } = job;
      const signal = wanted.get(id)?.signal;
      const frame = await drawFrame(method, pose, crops, { keep, ...(signal ? { signal } : {}) });
      const ms = performance.now() - begun;
      const { buffer } = frame.picture.data;
      const transfer = buffer instanceof ArrayBuffer ? [buffer] : [];
      return { reply: { kind: 'drawn', id, frame, ms, graphMs: since(before, runner.graphMs) }, transfer };
    });

  const replied = async (
    id: number,
    work: () => Promise<{ reply: DrawReply; transfer?: ArrayBuffer[] }>,
  ): Promise<void> => {
    try {
      const { reply, transfer } = await work();
      port.postMessage(reply, transfer);
    } catch (error) {
      const reply: DrawReply = { kind: 'failed', id, error: plainError(error) };
      port.postMessage(reply);
    } finally {
      wanted.delete(id);
    }
  };

  port.on('message', (request: DrawRequest) => {
    if (request.kind === 'skip') return wanted.get(request.id)?.abort();
    if (request.kind === 'draw') wanted.set(request.id, new AbortController());
    queue = queue.then(() => answer(request));
  });
}

/** What was added to each graph's time. */
function since(before: GraphTimes, now: GraphTimes): GraphTimes {
  return Object.fromEntries(Object.entries(now).map(([graph, ms]) => [graph, ms - (before[graph] ?? 0)]));
}

type GraphTimes = Readonly<Record<string, number>>;

async function openClip(setup: ClipSetup, runner: GraphRunner): Promise<OpenClip> {
  const { preset, choices, reference, cut, precision, ...parts } = setup;
  const { area, manifest } = setup;
  // Few presets detect, and loading what does takes longer than all else that this thread loads.
  const detector = preset.refine.draw
    ? await (await import('../../detect/index.js')).openDetector()
    : undefined;
  const find: RefineStage['find'] | undefined =
    detector && (async (picture) => (await detector.detect(picture)).frame);
  const method = makeMethod(
    {
      ...parts,
      runner: precision === 'int8' ? inInt8(runner, manifest.int8) : runner,
      draw: drawConditions,
      ...(reference
        ? {
            reference: clipReference(reference, {
              still: !preset.body.pose,
              ...(area ? { area } : {}),
              ...(cut ? { cut } : {}),
            }),
          }
        : {}),
      ...(find ? { find } : {}),
    },
    preset,
    choices,
  );
  return { method, close: async () => detector?.close() };
}

/** Runs the int8 graph in place of a graph that has one. */
function inInt8(runner: GraphRunner, int8: Manifest['int8']): GraphRunner {
  return {
    device: runner.device,
    get busyMs() {
      return runner.busyMs;
    },
    run: (graph, inputs, signal) => runner.run(int8[graph] ?? graph, inputs, signal),
    close: () => runner.close(),
  };
}
