import { UsageError } from '../errors.js';

/** Execution devices, in the order they are tried. */
export const DEVICES = ['cuda', 'webgpu', 'cpu'] as const;
export type Device = (typeof DEVICES)[number];

/** What became of a device when one was chosen: `problem` is a sentence, absent for the one in use. */
export interface DeviceReport {
  readonly device: Device;
  readonly problem?: string;
  /** Whether the machine seems to have the device, so that the problem can be repaired. */
  readonly repairable?: boolean;
}

/** What is known about the machine before a device is tried, so that its drivers are not loaded for nothing. */
export interface MachineFacts {
  /** `linux/x64`, `darwin/arm64` ... */
  readonly platform: string;
  /** Devices that this build of ONNX Runtime for Node knows. */
  readonly supported: readonly string[];
  /** False where there surely is no NVIDIA driver. */
  readonly nvidiaDriver: boolean;
  /** False where CUDA is an extra download that has not arrived. */
  readonly cudaLibraries: boolean;
  /** Command that fetches the CUDA libraries. */
  readonly cudaInstall: string;
  /** False where there surely is no graphics processor. */
  readonly graphics: boolean;
}

/** The devices to try for `device`: all, or the one asked for. Throws `UsageError` for an unknown one. */
export function devicesToTry(asked: string | undefined): readonly Device[] {
  if (asked === undefined || asked === 'auto') return DEVICES;
  const device = DEVICES.find((known) => known === asked.toLowerCase());
  if (!device)
    throw new UsageError(
      'HF_FIELD_VALUE',
      `There is no device "${asked}": give auto, ${DEVICES.join(', ')}.`,
      { field: 'device' },
    );
  return [device];
}

/** Why a device cannot be used, where that shows without trying it. */
export function knownProblem(device: Device, facts: MachineFacts): string | undefined {
  if (!facts.supported.includes(device)) {
    return `${device} is not available: ONNX Runtime for Node has no ${device} on ${facts.platform}.`;
  }
  if (device === 'cuda' && !facts.nvidiaDriver) {
    return 'cuda is not available: no NVIDIA driver was found on this machine.';
  }
  if (device === 'cuda' && !facts.cudaLibraries) {
    return `cuda is not available: the CUDA part of ONNX Runtime is not installed, as npm skips install scripts unless they are allowed; fetch it once with \`${facts.cudaInstall}\`.`;
  }
  if (device === 'webgpu' && !facts.graphics) {
    return 'webgpu is not available: no graphics processor was found on this machine.';
  }
  return undefined;
}

/** Whether a device that cannot be used seems to be in the machine: then its problem is worth knowing. */
export function repairable(device: Device, facts: MachineFacts): boolean {
  if (!facts.supported.includes(device)) return false;
  return device === 'cuda' ? facts.nvidiaDriver : device === 'webgpu' ? facts.graphics : true;
}

/** Why a device failed when it was tried, from the runtime's own words. */
export function triedProblem(device: Device, message: string): string {
  const why = message.trim().replace(/\s+/g, ' ').slice(0, 300).replace(/\.$/, '');
  const advice: Record<Device, string> = {
    cuda: 'check that the CUDA and cuDNN versions that ONNX Runtime asks for are installed and found by the linker',
    webgpu: 'check that a Vulkan, Metal or Direct3D 12 driver is installed',
    cpu: 'install onnxruntime-node again',
  };
  const cause = /adapter/i.test(why) ? 'no driver offers a usable graphics processor' : why;
  return `${device} is not available (${cause}): ${advice[device]}.`;
}
