import { CancelledError, DeviceError } from '../errors.js';
import type { Device } from './devices.js';
import type { GraphFolder } from './graph-folder.js';

/** A graph that fails, on which device, and the runtime's words for it. */
export interface GraphFailure {
  readonly graph: string;
  readonly device: Device;
  readonly message: string;
  /** Whether it could not be loaded; else it failed while it ran. */
  readonly loading: boolean;
}

/** The failure of a graph of `bundle`, as a sentence. */
export function graphFailure(
  { folder, manifest, advice }: GraphFolder,
  { graph, device, message, loading }: GraphFailure,
): DeviceError {
  const why = message.trim().replace(/\s+/g, ' ').slice(0, 400).replace(/\.$/, '');
  const look = advice ?? `look at the bundle with \`handfirst models check ${folder}\``;
  const otherwise = device === 'cpu' ? look : `${look} or use \`device: cpu\``;
  return new DeviceError(
    'HF_DEVICE_FAILED',
    `The graph ${graph} of bundle "${manifest.name}" ${loading ? 'could not be loaded' : 'failed'} on ${device} (${why}): ${otherwise}.`,
  );
}

/** What a request ends with whose run was cancelled. */
export function runCancelled(): CancelledError {
  return new CancelledError('HF_CANCELLED', 'The run was cancelled.');
}
