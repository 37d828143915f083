import type { Check } from './check.js';
import { checkMemory, checkNode, checkProcessor, checkTemporaryFolder } from './machine.js';
import { checkBundles, checkDevices } from './models.js';
import { checkFfmpeg, checkPackages } from './programs.js';

export type { Check } from './check.js';

/** Looks at everything on this machine that making a video needs, and at what it could use. Nothing is thrown for what it finds. */
export async function examine(): Promise<Check[]> {
  return [
    checkNode(),
    await checkProcessor(),
    checkMemory(),
    await checkTemporaryFolder(),
    ...(await checkDevices()),
    ...(await checkBundles()),
    ...(await checkFfmpeg()),
    ...checkPackages(),
  ];
}
