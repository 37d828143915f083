// Lets the detector's worker run from TypeScript sources, in tests and development: Node 20 does not hand a loader given by
// `--import` on to the module that a worker begins with. Not part of the build.
import { register } from 'tsx/esm/api';

register();
await import('./detect-worker.ts');
