// Lets the session worker run from TypeScript sources, in tests and development: Node 20 does not hand a loader given by
// `--import` on to the module that a worker begins with. Not part of the build.
import { register } from 'tsx/esm/api';

register();
// Tests damage what the worker loads.
const { HANDFIRST_TEST_LOADER } = process.env;
if (HANDFIRST_TEST_LOADER) await import(HANDFIRST_TEST_LOADER);
await import('./session-worker.ts');
