import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import sharp from 'sharp';
import { hashOf } from '../batch/index.js';
import { runtimeVersion } from '../models/index.js';
import { version } from '../pipeline/index.js';
import { findFfmpeg } from '../video/index.js';

/** Features by which ONNX Runtime, libvips and V8 choose their arithmetic. */
const FEATURES = /^(fma|f16c|sse4_[12]|avx\w*|amx\w*|asimd\w*|sve\w*|bf16|i8mm)$/;

/** What the arithmetic of a worker depends on: pictures of two workers are the same where all of it is. */
export interface Arithmetic {
  readonly version: string;
  readonly platform: string;
  readonly processor: readonly string[];
  readonly device: string;
  /** The graphics processor and its driver, where one draws. */
  readonly graphics: string;
  /** Within a graph. */
  readonly threads: number;
  readonly onnxruntime: string;
  readonly libvips: string;
  readonly v8: string;
  readonly ffmpeg: string;
  /** Of the bundle, whose manifest says its precision. */
  readonly bundle: string;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The processor's features that count, from /proc/cpuinfo; elsewhere its name. */
function processorFeatures(): string[] {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(textOf('/proc/cpuinfo'))?.[1];
  if (line === undefined) return [cpus()[0]?.model ?? 'unknown'];
  return line
    .split(/\s+/)
    .filter((flag) => FEATURES.test(flag))
    .sort();
}

/** Everything that this worker's arithmetic depends on. */
export async function arithmetic(device: string, threads: number, bundle: string): Promise<Arithmetic> {
  const { version: ffmpeg } = await findFfmpeg();
  return {
    version: version(),
    platform: `${process.platform}/${process.arch}`,
    processor: processorFeatures(),
    device,
    graphics: device === 'cpu' ? '' : (textOf('/proc/driver/nvidia/version').split('\n')[0] ?? ''),
    threads,
    onnxruntime: runtimeVersion(),
    libvips: sharp.versions.vips,
    v8: process.versions.v8,
    ffmpeg,
    bundle,
  };
}

/** SHA-256 of it. */
export function fingerprintOf(of: Arithmetic): string {
  return hashOf(of);
}
