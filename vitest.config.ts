import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // What is measured on this machine for tests is not kept among the user's own.
    env: { HANDFIRST_CACHE: join(tmpdir(), 'handfirst-test-cache') },
  },
});
