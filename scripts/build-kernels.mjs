// Compiles src/stages/kernels/assembly to WebAssembly, into src/stages/kernels/compiled.ts. Its bytes are kept with the source, so that nobody
// needs the compiler to run, build or test from source; `--check` compares instead, and so does a test.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../src/stages/kernels/', import.meta.url));

const target = join(folder, 'compiled.ts');

let bytes;
const { error, stderr } = await main(
  [
    'assembly/index.ts',
    '--outFile=kernels.wasm',
    '--runtime=stub',
    '--importMemory',
    '--enable=simd',
    '-O3',
    '--converge',
    '--noAssert',
  ],
  {
    readFile: (name, base) => readFile(join(folder, base, name), 'utf8').catch(() => null),
    writeFile: (_name, contents) => {
      bytes = contents;
    },
    listFiles: () => [],
  },
);
if (error || !bytes) throw new Error(stderr.toString().slice(0, 2000));

const comment = '/** The folder `assembly`, compiled by `npm run build:kernels`. */';
const text = `${comment}\nexport const COMPILED =\n  '${Buffer.from(bytes).toString('base64')}';\n`;
if (!process.argv.includes('--check')) await writeFile(target, text);
else if ((await readFile(target, 'utf8')) !== text) {
  console.error(
    'src/stages/kernels/compiled.ts is not what the folder assembly makes: run `npm run build:kernels`.',
  );
  process.exitCode = 1;
}
