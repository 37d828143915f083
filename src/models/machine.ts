import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DEVICES, type Device, knownProblem, type MachineFacts } from './devices.js';

/** One of these is there where a Linux machine has an NVIDIA driver; the last in Windows' Linux. */
const NVIDIA = ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg'];

/** Looks at the machine and at the installed ONNX Runtime; loads no driver. `supported`: devices its build knows. */
export function machineFacts(supported: readonly string[]): MachineFacts {
  const runtime = path.resolve(createRequire(import.meta.url).resolve('onnxruntime-node'), '..', '..');
  const libraries = path.join(runtime, 'bin', 'napi-v6', process.platform, process.arch);
  const linux = process.platform === 'linux';
  return {
    platform: `${process.platform}/${process.arch}`,
    supported,
    nvidiaDriver: !linux || NVIDIA.some((file) => existsSync(file)),
    cudaLibraries: !linux || existsSync(path.join(libraries, 'libonnxruntime_providers_cuda.so')),
    cudaInstall: `node ${path.join(runtime, 'script', 'install.js')} --onnxruntime-node-install`,
    graphics: !linux || hasGraphics(),
  };
}

/** Why a device cannot be used, where that shows without loading its driver. */
export function seenProblem(device: Device): string | undefined {
  return knownProblem(device, machineFacts(DEVICES));
}

/** On Linux: a render node, an NVIDIA or WSL device, or a Vulkan driver that the user names. */
function hasGraphics(): boolean {
  if (process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES) return true;
  if (NVIDIA.some((file) => existsSync(file))) return true;
  try {
    return readdirSync('/dev/dri').some((node) => node.startsWith('renderD'));
  } catch {
    return false;
  }
}
