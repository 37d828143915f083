import { writeFileSync } from 'node:fs';
import { fuzzReaders } from './fuzz-readers.js';

/** What the process that reads says of the file in work. */
export interface Stated {
  readonly name: string;
  readonly starts?: boolean;
  readonly finding?: string;
}

const [seed = '1', last = '', seconds = '60'] = process.argv.slice(2);
const tell = (stated: Stated): void => {
  process.send?.(stated);
};
await fuzzReaders(
  { seconds: Number(seconds), seed: Number(seed) },
  ({ seed: name, what }) => tell({ name, finding: what }),
  (name, _run, bytes) => {
    // Kept before it is read, for what ends the whole process.
    writeFileSync(last, bytes);
    tell({ name, starts: true });
  },
);
process.disconnect?.();
