import { readFileSync } from 'node:fs';

/**
 * Whether the processor multiplies eight-bit numbers without loss and faster than floats: AVX-VNNI or AVX512-VNNI on x64, dot products on
 * ARM. Without them ONNX Runtime's products of x64 can overflow. `processor`: the text of /proc/cpuinfo, by default this machine's.
 */
export function int8Capable(
  platform: NodeJS.Platform = process.platform,
  architecture: string = process.arch,
  processor: string = processorText(),
): boolean {
  if (platform === 'darwin') return architecture === 'arm64';
  if (platform !== 'linux') return false;
  return /\b(avx512_vnni|avx_vnni|asimddp)\b/.test(processor);
}

function processorText(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
