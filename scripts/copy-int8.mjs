// Puts the int8 graphs of the bundle compact into the package that ships them.
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const bundle = join(root, 'models', 'compact');
const folder = join(root, 'packages', 'compact-int8');
for (const file of readdirSync(bundle).filter((name) => name.endsWith('.int8.onnx')))
  copyFileSync(join(bundle, file), join(folder, file));
copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
