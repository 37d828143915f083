import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { vi } from 'vitest';

/** A Vulkan driver that runs on the processor: shows that the way of graphics processors works. Debian's Chromium brings it. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Why nothing can be drawn with it; undefined where it can. */
export const NO_SWIFTSHADER = !existsSync(SWIFTSHADER)
  ? 'Chromium has not brought SwiftShader: install it to run this test'
  : !(spawnSync('ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '').includes('libvulkan.so.1')
    ? 'the Vulkan loader is not installed: install libvulkan1 to run this test'
    : undefined;

/** Makes it the only driver, until the environment's stubs are undone. */
export function useSwiftShader(): void {
  vi.stubEnv('VK_ICD_FILENAMES', SWIFTSHADER);
  vi.stubEnv('VK_DRIVER_FILES', SWIFTSHADER);
}
