import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Device } from './devices.js';

/** Milliseconds after which a device that does not answer is given up. */
const PATIENCE = 60_000;

/** Runs the model given in base64 once on the device and layout given; says on standard output why it failed. CommonJS, for `node -e`. */
const SCRIPT = `
const [runtime, provider, model] = process.argv.slice(1);
const ort = require(runtime);
ort.env.logLevel = 'fatal';
const options = { executionProviders: [JSON.parse(provider)], logSeverityLevel: 4 };
ort.InferenceSession.create(Buffer.from(model, 'base64'), options)
  .then((session) => session.run({ x: new ort.Tensor('float32', [1], [1]) }))
  .then(() => process.exit(0), (error) => process.stdout.write(String(error.message), () => process.exit(1)));
`;

/**
 * Runs `model` (its input `x`, [1]) on a device in a process of its own, where a driver may print what it likes and even end the process. Gives
 * the reason why it failed, undefined where it worked or where no process could be started: then only trying it here can tell.
 */
export function failureApart(
  device: Device,
  provider: object | string,
  model: Buffer,
): Promise<string | undefined> {
  const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
  const args = ['-e', SCRIPT, runtime, JSON.stringify(provider), model.toString('base64')];
  return new Promise((resolve) => {
    // Within Electron the program is not Node, unless it is told to be.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    execFile(process.execPath, args, { env, timeout: PATIENCE, windowsHide: true }, (error, stdout) => {
      if (!error || typeof error.code === 'string') resolve(undefined);
      else if (error.killed) resolve(`its driver did not answer within ${PATIENCE / 1000} seconds`);
      else if (error.signal) resolve(`its driver ended the process that tried it with ${error.signal}`);
      else resolve(stdout.trim() || `the ${device} provider could not be loaded`);
    });
  });
}
