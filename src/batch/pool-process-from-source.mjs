// Lets a process of the pool run from TypeScript sources, in tests and development. Not part of the build.
import { register } from 'tsx/esm/api';

register();
await import('./pool-process.ts');
