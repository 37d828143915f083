import { readFileSync } from 'node:fs';
import { complete, offer } from './complete.js';

/** Answers a shell from the tree of commands that the build wrote. `words` follow `__complete` on the command line. */
export async function answer(words: readonly string[]): Promise<void> {
  const tree = JSON.parse(readFileSync(new URL('./commands.json', import.meta.url), 'utf8'));
  const asked = words[0] === '--' ? words.slice(1) : words;
  process.stdout.write(offer(await complete(tree, asked)));
}
