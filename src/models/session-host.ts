import path from 'node:path';
import { type Device, type DeviceReport, knownProblem, repairable, triedProblem } from './devices.js';
import { machineFacts } from './machine.js';
import { openSession, providerOf, type Session, supportedDevices } from './ort.js';
import { failureApart } from './try-apart.js';

/** `y = x` for float32 [1]: tells whether a device can be used at all. Made with onnx, opset 17. */
const PROBE = Buffer.from(
  'CAg6OwoQCgF4EgF5IghJZGVudGl0eRIFcHJvYmVaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAR',
  'base64',
);

/** Which graphs, and what they may run on. */
export interface HostSettings {
  /** Absolute folder of the bundle's graphs. */
  readonly folder: string;
  readonly devices: readonly Device[];
  readonly threads?: number;
}

/** The sessions of a folder of graphs on one device, in this thread; a graph is loaded when it is first asked for. */
export class SessionHost {
  private readonly sessions = new Map<string, Promise<Session>>();

  private constructor(
    private readonly settings: HostSettings,
    /** Absent where none of the devices could be used. */
    readonly device: Device | undefined,
    readonly reports: readonly DeviceReport[],
  ) {}

  /** Takes the first of the settings' devices that works. */
  static async open(settings: HostSettings): Promise<SessionHost> {
    const { device, reports } = await chooseDevice(settings.devices);
    return new SessionHost(settings, device, reports);
  }

  /** Throws the runtime's own errors. */
  session(graph: string): Promise<Session> {
    const { device } = this;
    if (!device) throw new Error('no device can be used');
    const { folder, threads } = this.settings;
    let session = this.sessions.get(graph);
    if (!session) {
      session = openSession(path.resolve(folder, graph), { device, threads });
      this.sessions.set(graph, session);
    }
    return session;
  }

  async close(): Promise<void> {
    for (const session of this.sessions.values())
      await session.then((opened) => opened.release()).catch(() => undefined);
    this.sessions.clear();
  }
}

async function chooseDevice(
  devices: readonly Device[],
): Promise<{ device?: Device; reports: DeviceReport[] }> {
  const reports: DeviceReport[] = [];
  const found = machineFacts(supportedDevices());
  // The only device asked for is tried even where no graphics processor was seen: its driver knows better.
  const facts = devices.length === 1 ? { ...found, graphics: true } : found;
  for (const device of devices) {
    const problem = knownProblem(device, facts) ?? (await tryDevice(device));
    reports.push(problem ? { device, problem, repairable: repairable(device, found) } : { device });
    if (!problem) return { device, reports };
  }
  return { reports };
}

/** Drivers of graphics processors print to standard error, and may crash: so those are tried in a process of their own first. */
async function tryDevice(device: Device): Promise<string | undefined> {
  const failure = device === 'cpu' ? undefined : await failureApart(device, providerOf(device), PROBE);
  if (failure) return triedProblem(device, failure);
  try {
    const session = await openSession(PROBE, { device });
    await session.run({ x: { dims: [1], data: Float32Array.of(1) } });
    await session.release();
    return undefined;
  } catch (error) {
    return triedProblem(device, error instanceof Error ? error.message : String(error));
  }
}
