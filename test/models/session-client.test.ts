import { getEventListeners } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DeviceError } from '../../src/errors.js';
import { SessionClient } from '../../src/models/session-client.js';
import { graphsBundle } from './tiny-bundle.js';

/** A client of a worker that behaves badly. `source`: JavaScript that runs for each request. */
async function clientOf(source: string): Promise<SessionClient> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads'); parentPort.on('message', (request) => { ${source} });`,
    { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } },
  );
  onTestFinished(async () => {
    await worker.terminate();
  });
  return new SessionClient({
    worker,
    flags: new Int32Array(new SharedArrayBuffer(64)),
    device: 'cpu',
    devices: [],
    bundle: await graphsBundle(),
  });
}

describe('SessionClient', () => {
  it.each([
    ['throws', 'throw new Error("lost the device");', /died \(lost the device\)/],
    ['exits', 'process.exit(3);', /died \(it ended with code 3\)/],
    [
      'runs out of memory',
      'const all = []; for (;;) all.push(new Array(1e5).fill(Math.random()));',
      /died \(.*memory/,
    ],
  ])('rejects every request where the worker %s, and does not hang', async (_, source, sentence) => {
    const client = await clientOf(source);
    const runs = [client.run('a.onnx', {}), client.run('b.onnx', {})];
    for (const result of await Promise.allSettled(runs)) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(DeviceError) });
      expect(result).toMatchObject({ reason: { message: expect.stringMatching(sentence) } });
    }
    await expect(client.run('c.onnx', {})).rejects.toThrow(sentence);
    await client.close();
  });

  it('keeps nothing of a signal once no request waits with it', async () => {
    const answer = 'parentPort.postMessage({ kind: "outputs", id: request.id, outputs: {}, ms: 1 });';
    const client = await clientOf(`if (request.kind === 'run') ${answer} else process.exit(0);`);
    const { signal } = new AbortController();
    const runs = [client.run('a.onnx', {}, signal), client.run('b.onnx', {}, signal)];
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await Promise.all(runs);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await client.close();
  });
});
