import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counted } from '../counted.js';
import { HandfirstError } from '../errors.js';
import { DEVICES, type Device, fileProblems, listBundles, openRunner, seenProblem } from '../models/index.js';
import { reasonOf } from '../reason.js';
import { type Check, readable } from './check.js';

/** A graph of one matrix product, `y = x x` with `x` of 2 x 2 (ONNX, opset 17). */
const TINY_GRAPH =
  'CAgSADpAChEKAXgKAXgSAXkiBk1hdE11bBIBdFoTCgF4Eg4KDAgBEggKAggCCgIIAmITCgF5Eg4KDAgBEggKAggCCgIIAkIECgAQEQ==';

/** Runs a tiny graph on each device. Only `cpu` must work. */
export async function checkDevices(): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'handfirst-doctor-')).catch(() => undefined);
  if (folder === undefined)
    return [
      {
        name: 'onnx runtime',
        status: 'warning',
        detail: 'not tried: there is no temporary folder',
        advice: 'Repair the temporary folder first.',
      },
    ];
  try {
    await writeFile(join(folder, 'tiny.onnx'), Buffer.from(TINY_GRAPH, 'base64'));
    const checks: Check[] = [];
    for (const device of [...DEVICES].reverse()) checks.push(await checkDevice(device, folder));
    return checks;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkDevice(device: Device, folder: string): Promise<Check> {
  const name = `onnx runtime on ${device}`;
  // Drivers that find no hardware print warnings of their own.
  const seen = seenProblem(device);
  if (seen !== undefined) return absent(name, device, seen);
  try {
    const runner = await openRunner({ folder, manifest: { name: 'tiny' } }, { device });
    try {
      const x = { dims: [2, 2], data: new Float32Array([1, 2, 3, 4]) };
      const { y } = await runner.run('tiny.onnx', { x });
      if (String(y?.data) !== '7,10,15,22') throw new Error(`it multiplies wrongly: ${String(y?.data)}`);
    } finally {
      await runner.close();
    }
    return { name, status: 'ok', detail: 'a tiny graph gives the right numbers' };
  } catch (error) {
    const sentence = error instanceof HandfirstError ? error.message : reasonOf(error);
    return absent(name, device, sentence.replace(/ Use `device: cpu`.*$/, ''));
  }
}

function absent(name: string, device: Device, detail: string): Check {
  if (device === 'cpu')
    return { name, status: 'failure', detail, advice: 'Install handfirst again.', exitCode: 5 };
  return { name, status: 'warning', detail, advice: 'It is optional: the processor does the work.' };
}

/** The bundles of the package, with all checksums. One that can be used is enough. */
export async function checkBundles(): Promise<Check[]> {
  const listed = await listBundles();
  const checks: Check[] = [];
  for (const { name, bundle, problem } of listed) {
    const problems = bundle ? await fileProblems(bundle, true) : [problem ?? ''];
    const files = Object.values(bundle?.manifest.files ?? {});
    const bytes = readable(files.reduce((sum, file) => sum + file.bytes, 0));
    checks.push(
      problems.length === 0
        ? {
            name: `bundle ${name}`,
            status: 'ok',
            detail: `${counted(files.length, 'file')}, ${bytes}, checksums right`,
          }
        : {
            name: `bundle ${name}`,
            status: 'failure',
            detail: problems.join(' '),
            advice: 'Install handfirst again.',
            exitCode: 4,
          },
    );
  }
  if (checks.length > 0) return checks;
  return [
    {
      name: 'bundle',
      status: 'failure',
      detail: 'no model bundle came with the package',
      advice: 'Install handfirst again, or name a folder with `bundle`.',
      exitCode: 4,
    },
  ];
}
