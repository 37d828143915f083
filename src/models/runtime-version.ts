import { createRequire } from 'node:module';
import { z } from 'zod';

/** Version of the installed ONNX Runtime for Node. */
export function runtimeVersion(): string {
  const { version } = z
    .object({ version: z.string() })
    .parse(createRequire(import.meta.url)('onnxruntime-node/package.json'));
  return version;
}
