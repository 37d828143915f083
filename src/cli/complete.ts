import type { CommandTree, OptionNode } from './command-tree.js';

/*
 * A shell waits for each answer: what only some of them need is imported where it is needed.
 */

/** What could stand in a word's place. */
export interface Completion {
  /** Whether the names of files or folders could, too. */
  readonly kind: 'files' | 'folders' | 'none';
  readonly candidates: readonly (readonly [word: string, meaning: string])[];
}

const NOTHING: Completion = { kind: 'none', candidates: [] };

/** The candidates for the last of `words`, which follow the program's name. */
export async function complete(root: CommandTree, words: readonly string[]): Promise<Completion> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const path = pathOf(root, before);
  const command = path.at(-1) ?? root;
  const depth = path.length - 1;
  const options = optionsOf(root, command);
  const [, name, value] = /^(--[^=]+)=(.*)$/.exec(current) ?? [];
  const assigned = name === undefined ? undefined : options.find(({ long }) => long === name);
  if (assigned) return starting(await valuesOf(assigned, before), value ?? '');
  const last = depth < before.length ? options.find((option) => names(option, before.at(-1))) : undefined;
  if (last?.required) return starting(await valuesOf(last, before), current);
  if (current.startsWith('-'))
    return starting({ kind: 'none', candidates: options.flatMap(flagsOf) }, current);
  const optional = last?.optional ? await valuesOf(last, before) : NOTHING;
  const operands = operandsOf(before.slice(depth), options);
  const place = await placeOf(path, operands);
  const commands = operands === 0 ? subcommands(command) : [];
  return starting(
    {
      kind: place.kind === 'none' ? optional.kind : place.kind,
      candidates: [...commands, ...place.candidates, ...optional.candidates],
    },
    current,
  );
}

/** The answer to a shell. */
export function offer({ kind, candidates }: Completion): string {
  return [kind, ...candidates.map(([word, meaning]) => `${word}\t${meaning.replace(/\s+/g, ' ')}`), ''].join(
    '\n',
  );
}

function starting({ kind, candidates }: Completion, beginning: string): Completion {
  return { kind, candidates: candidates.filter(([word]) => word.startsWith(beginning)) };
}

/** The commands that the words lead through, from the root on. */
function pathOf(root: CommandTree, words: readonly string[]): CommandTree[] {
  const path = [root];
  for (const word of words) {
    const found = path.at(-1)?.commands.find((child) => child.name === word);
    if (!found) break;
    path.push(found);
  }
  return path;
}

/** A command's flags; those of its default command where it has one, as `handfirst FILE` takes those of `generate`. */
function optionsOf(root: CommandTree, command: CommandTree): OptionNode[] {
  const name = command === root ? 'generate' : command.name === 'evaluate' ? 'run' : undefined;
  const fallback = command.commands.find((child) => child.name === name)?.options ?? [];
  return [
    ...new Map(
      [...command.options, ...fallback].map((option) => [option.long ?? option.short, option]),
    ).values(),
  ];
}

function names({ long, short }: OptionNode, word: string | undefined): boolean {
  return word !== undefined && (word === long || word === short);
}

function flagsOf({ long, short, description }: OptionNode): [string, string][] {
  return [long, short].flatMap((flag) => (flag ? [[flag, description] satisfies [string, string]] : []));
}

function subcommands({ commands }: CommandTree): [string, string][] {
  return commands.map(({ name, description }) => [name, description]);
}

/** How many of the words are operands: neither flags nor their values. */
function operandsOf(words: readonly string[], options: readonly OptionNode[]): number {
  return words.filter((word, at) => {
    if (word.startsWith('-') && word !== '-') return false;
    return !options.find((option) => names(option, words[at - 1]))?.required;
  }).length;
}

/** What an operand can be. */
async function placeOf(path: readonly CommandTree[], at: number): Promise<Completion> {
  const [parent, command] = [path.at(-2), path.at(-1)];
  const operands = command?.operands ?? [];
  const operand = operands[at] ?? (operands.at(-1)?.variadic ? operands.at(-1) : undefined);
  if (!operand) return { kind: operands.length === 0 && !parent ? 'files' : 'none', candidates: [] };
  const { name, choices } = operand;
  if (choices) return oneOf(choices);
  if (name === 'bundle') return bundles();
  if (name === 'command') return { kind: 'none', candidates: parent ? subcommands(parent) : [] };
  if (/file|video|output|input/.test(name)) return { kind: 'files', candidates: [] };
  return { kind: /folder|benchmark/.test(name) ? 'folders' : 'none', candidates: [] };
}

function oneOf(choices: readonly string[]): Completion {
  return { kind: 'none', candidates: choices.map((word) => [word, '']) };
}

async function valuesOf(option: OptionNode, words: readonly string[]): Promise<Completion> {
  const { choices, flags } = option;
  if (choices) return oneOf(choices);
  switch (option.long) {
    case '--preset':
      return presets();
    case '--signer':
      return signers(words);
    case '--bundle':
      return bundles();
    case '--background':
      return {
        kind: 'files',
        candidates: ['drawn', 'transparent', 'white', 'black', 'green'].map((word) => [word, '']),
      };
  }
  if (/<(file|picture|path)>|\[file\]/.test(flags)) return { kind: 'files', candidates: [] };
  return { kind: /<folder>/.test(flags) ? 'folders' : 'none', candidates: [] };
}

async function presets(): Promise<Completion> {
  const { listPresets } = await import('../pipeline/preset.js');
  return { kind: 'files', candidates: listPresets().map((name) => [name, 'preset']) };
}

async function bundles(): Promise<Completion> {
  const { listBundles } = await import('../models/bundle.js');
  const listed = await listBundles().catch(() => []);
  return { kind: 'folders', candidates: listed.map(({ name }) => [name, 'bundle']) };
}

/** The signers of the bundle that the words name. */
async function signers(words: readonly string[]): Promise<Completion> {
  const { DEFAULT_BUNDLE, loadBundle } = await import('../models/bundle.js');
  const { loadGallery } = await import('../models/gallery.js');
  const at = words.indexOf('--bundle');
  const name = (at >= 0 ? words[at + 1] : undefined) ?? DEFAULT_BUNDLE;
  try {
    const gallery = await loadGallery(await loadBundle(name, { verify: false }));
    return { kind: 'none', candidates: (gallery?.signers ?? []).map((signer) => [signer.name, 'signer']) };
  } catch {
    return NOTHING;
  }
}
