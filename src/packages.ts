import { createRequire } from 'node:module';
import { UsageError } from './errors.js';

/** What drawing does without. The packages are optional peer dependencies: who needs the feature installs them. */
export const FEATURES = {
  detector: {
    purpose: 'Finding keypoints in pictures and videos',
    packages: ['@litertjs/core', '@mediapipe/holistic'],
  },
  page: { purpose: 'Showing a page in the browser', packages: ['hono', '@hono/node-server'] },
  evaluation: {
    purpose: 'Measuring quality',
    packages: ['culori', 'ml-matrix', '@litertjs/core', '@mediapipe/holistic'],
  },
  credentials: { purpose: 'Signing content credentials', packages: ['@contentauth/c2pa-wasm'] },
  queue: { purpose: 'Sharing a batch with other machines', packages: ['bullmq', 'ioredis'] },
  bucket: { purpose: 'Keeping a store in a bucket', packages: ['@aws-sdk/client-s3'] },
  metrics: { purpose: 'Counting for Prometheus', packages: ['prom-client'] },
} as const;

/** Throws `UsageError` with the packages to install where a feature lacks one of its own. */
export function requirePackages(feature: keyof typeof FEATURES): void {
  const { purpose } = FEATURES[feature];
  const missing = missingPackages(feature);
  if (missing.length === 0) return;
  throw new UsageError(
    'HF_PACKAGE_MISSING',
    `${purpose} needs packages that are not installed: run \`npm install ${missing.join(' ')}\`.`,
    { file: missing[0] },
  );
}

/** The packages of a feature that are not installed. */
export function missingPackages(feature: string): string[] {
  const [, found] = Object.entries(FEATURES).find(([name]) => name === feature) ?? [];
  return (found?.packages ?? []).filter((name) => !isInstalled(name));
}

const require = createRequire(import.meta.url);

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch (error) {
    // Packages for `import` alone are found, and then refuse to be required.
    return error instanceof Error && 'code' in error && error.code !== 'MODULE_NOT_FOUND';
  }
}
