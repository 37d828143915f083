import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { counted } from '../counted.js';
import { reasonOf } from '../reason.js';
import { type Check, readable } from './check.js';

const OLDEST_NODE = 20;
/** Memory below which drawing is likely to fail, and space below which a video hardly fits. */
const LITTLE_MEMORY = 1.5e9;
const LITTLE_SPACE = 200e6;

export function checkNode(version = process.versions.node): Check {
  const works = Number(version.split('.')[0]) >= OLDEST_NODE;
  const detail = `Node ${version} on ${process.platform}/${process.arch}`;
  if (works) return { name: 'node', status: 'ok', detail };
  return {
    name: 'node',
    status: 'failure',
    detail,
    advice: `Install Node ${OLDEST_NODE} or newer.`,
    exitCode: 1,
  };
}

/** The processor and its vector instructions, which decide how fast models run on it. */
export async function checkProcessor(): Promise<Check> {
  const model = cpus()[0]?.model.trim() ?? 'processor';
  const features = vectorFeatures(await processorFlags());
  const cores = availableParallelism();
  const said = features === undefined ? 'vector instructions unknown' : features.join(', ') || 'no AVX2';
  const detail = `${model}, ${counted(cores, 'core')} (${said})`;
  if (features === undefined || process.arch !== 'x64' || features.includes('AVX2'))
    return { name: 'processor', status: 'ok', detail };
  return {
    name: 'processor',
    status: 'warning',
    detail,
    advice: 'Drawing is slow without AVX2: use a newer processor, or a graphics processor with `device`.',
  };
}

/** The features that ONNX Runtime makes use of, by their usual names; undefined where the system does not say. */
export function vectorFeatures(flags: string | undefined): string[] | undefined {
  if (flags === undefined) return undefined;
  const known: [name: string, flag: RegExp][] = [
    ['AVX2', /\bavx2(_0)?\b/i],
    ['FMA', /\bfma\b/i],
    ['AVX-512', /\bavx512f\b/i],
    ['AVX-512 VNNI', /\bavx512_?vnni\b/i],
    ['AVX-VNNI', /\bavx_vnni\b/i],
    ['AMX', /\bamx_tile\b/i],
    ['NEON', /\basimd\b|\bneon\b/i],
    ['dot product', /\basimddp\b|dotprod/i],
  ];
  return known.filter(([, flag]) => flag.test(flags)).map(([name]) => name);
}

/** The flags of the processor as Linux or macOS list them. */
async function processorFlags(): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
    return /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1];
  }
  if (process.platform !== 'darwin') return undefined;
  const names = ['machdep.cpu.features', 'machdep.cpu.leaf7_features', 'hw.optional.arm.FEAT_DotProd'];
  const run = promisify(execFile);
  const { stdout } = await run('sysctl', names).catch(() => ({ stdout: '' }));
  return process.arch === 'arm64' ? `neon ${stdout}` : stdout;
}

export function checkMemory(): Check {
  // A container may have less than its machine.
  const limit = process.constrainedMemory?.() ?? 0;
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const detail = `${readable(total)}, ${readable(Math.min(freemem(), total))} of it free`;
  if (total >= LITTLE_MEMORY) return { name: 'memory', status: 'ok', detail };
  return {
    name: 'memory',
    status: 'warning',
    detail,
    advice: `Give the program ${readable(LITTLE_MEMORY)} at least, or draw with \`lookAhead: 1\`.`,
  };
}

/** Whether the temporary folder takes a file, and its space. */
export async function checkTemporaryFolder(folder = tmpdir()): Promise<Check> {
  const name = 'temporary folder';
  try {
    const inside = await mkdtemp(join(folder, 'handfirst-doctor-'));
    try {
      await writeFile(join(inside, 'file'), 'x');
    } finally {
      await rm(inside, { recursive: true, force: true });
    }
  } catch (error) {
    return {
      name,
      status: 'failure',
      detail: `${folder} cannot be written to (${reasonOf(error)})`,
      advice: 'Set TMPDIR to a folder with space that you may write in.',
      exitCode: 6,
    };
  }
  const { bavail, bsize, blocks } = await statfs(folder);
  const free = bavail * bsize;
  // Some network file systems say 0 of everything.
  if (blocks === 0) return { name, status: 'ok', detail: `${folder} can be written to` };
  const detail = `${folder} can be written to, ${readable(free)} free`;
  if (free >= LITTLE_SPACE) return { name, status: 'ok', detail };
  return { name, status: 'warning', detail, advice: 'Free some space, or set TMPDIR to another folder.' };
}
