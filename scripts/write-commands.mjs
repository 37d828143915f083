// Writes the tree of commands that completion reads, so that a shell does not wait for the whole program.
import { writeFileSync } from 'node:fs';
import { treeOf } from '../dist/cli/command-tree.js';
import { program } from '../dist/cli/main.js';

writeFileSync(new URL('../dist/cli/commands.json', import.meta.url), JSON.stringify(treeOf(program())));
