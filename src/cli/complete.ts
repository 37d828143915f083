import type { Command, Option } from 'commander';
import { DEFAULT_BUNDLE, listBundles, loadBundle, loadGallery } from '../models/index.js';
import { listPresets } from '../pipeline/index.js';

/** What could stand in a word's place. */
export interface Completion {
  /** Whether the names of files or folders could, too. */
  readonly kind: 'files' | 'folders' | 'none';
  readonly candidates: readonly (readonly [word: string, meaning: string])[];
}

const NOTHING: Completion = { kind: 'none', candidates: [] };

/** The candidates for the last of `words`, which follow the program's name. */
export async function complete(root: Command, words: readonly string[]): Promise<Completion> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const { command, depth } = commandOf(root, before);
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
  const place = await placeOf(command, operands);
  const commands = operands === 0 && depth === depthOf(command, root) ? subcommands(command) : [];
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

/** The command that the words lead to, and how many of them name it. */
function commandOf(root: Command, words: readonly string[]): { command: Command; depth: number } {
  let command = root;
  let depth = 0;
  for (const word of words) {
    const found = command.commands.find((child) => child.name() === word);
    if (!found) break;
    command = found;
    depth += 1;
  }
  return { command, depth };
}

function depthOf(command: Command, root: Command): number {
  return command === root || !command.parent ? 0 : 1 + depthOf(command.parent, root);
}

/** A command's flags; those of its default command where it has one, as `handfirst FILE` takes those of `generate`. */
function optionsOf(root: Command, command: Command): Option[] {
  const fallback = defaultOf(root, command);
  const help = command.createHelp().visibleOptions(command);
  return [
    ...new Map([...help, ...(fallback?.options ?? [])].map((option) => [option.long, option])).values(),
  ];
}

function defaultOf(root: Command, command: Command): Command | undefined {
  const name = command === root ? 'generate' : command.name() === 'evaluate' ? 'run' : undefined;
  return command.commands.find((child) => child.name() === name);
}

function names({ long, short }: Option, word: string | undefined): boolean {
  return word !== undefined && (word === long || word === short);
}

function flagsOf({ long, short, description }: Option): [string, string][] {
  return [long, short].flatMap((flag) => (flag ? [[flag, description] satisfies [string, string]] : []));
}

function subcommands(command: Command): [string, string][] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => [child.name(), child.description()]);
}

/** How many of the words are operands: neither flags nor their values. */
function operandsOf(words: readonly string[], options: readonly Option[]): number {
  return words.filter((word, at) => {
    if (word.startsWith('-') && word !== '-') return false;
    return !options.find((option) => names(option, words[at - 1]))?.required;
  }).length;
}

/** What an operand can be. */
async function placeOf(command: Command, operands: number): Promise<Completion> {
  const args = command.registeredArguments;
  const argument = args[operands] ?? (args.at(-1)?.variadic ? args.at(-1) : undefined);
  if (!argument) return { kind: args.length === 0 && !command.parent ? 'files' : 'none', candidates: [] };
  if (argument.argChoices) return { kind: 'none', candidates: argument.argChoices.map((word) => [word, '']) };
  const name = argument.name();
  if (name === 'bundle') return bundles();
  if (name === 'command')
    return { kind: 'none', candidates: command.parent ? subcommands(command.parent) : [] };
  if (/file|video|output|input/.test(name)) return { kind: 'files', candidates: [] };
  return { kind: /folder|benchmark/.test(name) ? 'folders' : 'none', candidates: [] };
}

async function valuesOf(option: Option, words: readonly string[]): Promise<Completion> {
  const { argChoices, flags } = option;
  if (argChoices) return { kind: 'none', candidates: argChoices.map((word) => [word, '']) };
  switch (option.long) {
    case '--preset':
      return { kind: 'files', candidates: listPresets().map((name) => [name, 'preset']) };
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

async function bundles(): Promise<Completion> {
  const listed = await listBundles().catch(() => []);
  return { kind: 'folders', candidates: listed.map(({ name }) => [name, 'bundle']) };
}

/** The signers of the bundle that the words name. */
async function signers(words: readonly string[]): Promise<Completion> {
  const at = words.indexOf('--bundle');
  const name = (at >= 0 ? words[at + 1] : undefined) ?? DEFAULT_BUNDLE;
  try {
    const gallery = await loadGallery(await loadBundle(name, { verify: false }));
    return { kind: 'none', candidates: (gallery?.signers ?? []).map((signer) => [signer.name, 'signer']) };
  } catch {
    return NOTHING;
  }
}
