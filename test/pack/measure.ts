import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** As `du` counts. */
const MEGABYTE = 2 ** 20;

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** What all files of a folder hold, in MB. */
export function megabytes(folder: string): number {
  return files(folder).reduce((sum, path) => sum + statSync(path).size, 0) / MEGABYTE;
}

/** MB of ONNX Runtime's libraries that are for other systems or processors than this. */
export function otherPlatforms(modules: string): number {
  const own = `/${process.platform}/${process.arch}/`;
  return files(join(modules, 'onnxruntime-node', 'bin'))
    .filter((path) => !path.replaceAll('\\', '/').includes(own))
    .reduce((sum, path) => sum + statSync(path).size / MEGABYTE, 0);
}

/** Files that only one kind of machine can run. */
export function nativeFiles(modules: string): string[] {
  return files(modules).filter((path) => /\.(node|so|dll|dylib|exe)(\.\d+)*$/.test(path));
}
