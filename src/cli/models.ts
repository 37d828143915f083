import { Command } from 'commander';
import { counted } from '../counted.js';
import { BundleError } from '../errors.js';
import {
  type BundleCheck,
  checkBundle,
  DEFAULT_BUNDLE,
  DEVICES,
  type ListedBundle,
  listBundles,
  loadBundle,
  type Tokenizer,
} from '../models/index.js';
import { promptTopics } from '../pipeline/index.js';

/** A line a bundle for `handfirst models list`. */
export function formatBundles(listed: readonly ListedBundle[]): string {
  if (listed.length === 0) return 'No model bundle came with this package: name a folder with --bundle.';
  const width = Math.max(...listed.map(({ name }) => name.length));
  return listed
    .map(({ name, bundle, problem }) => {
      if (!bundle) return `${name.padEnd(width)}  cannot be used: ${problem}`;
      const { version, precision, licence, description, files, body, hand } = bundle.manifest;
      const megabytes = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
      const hands = hand ? `hands ${hand.autoencoder.size} px` : 'no hand stage';
      const sizes = `${body.autoencoder.size} px, ${hands}`;
      return `${name.padEnd(width)}  ${version}  ${sizes}  ${megabytes.toFixed(1)} MB ${precision}  ${licence}  ${description}`;
    })
    .join('\n');
}

/** What `handfirst models check` prints: a line a device, a line a problem, and the verdict. */
function formatCheck(name: string, { problems, devices }: BundleCheck): string {
  const lines = devices.map(({ device, problem }) => problem ?? `${device} works.`);
  const verdict =
    problems.length === 0 ? `The bundle "${name}" is whole.` : `The bundle "${name}" cannot be used.`;
  return [...lines, ...problems, verdict].join('\n');
}

/** A line a topic for `handfirst models words`. */
export function formatTopics(name: string, topics: Tokenizer['topics']): string {
  const lines = Object.entries(topics).map(
    ([topic, words]) => `${topic.replaceAll('_', ' ')}: ${words.join(', ')}`,
  );
  return lines.length > 0 ? lines.sort().join('\n') : `The bundle "${name}" takes prompts in any words.`;
}

const BUNDLE_ARGUMENT = 'name of a bundle of this package, or a folder that holds a manifest.json';

/** `handfirst models`: which bundles there are, what they know, and whether one can be used here. */
export function modelsCommand(): Command {
  return new Command('models')
    .description('list and check model bundles, and list the words they know')
    .addCommand(listCommand())
    .addCommand(checkCommand())
    .addCommand(wordsCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('list the model bundles of this package')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const listed = await listBundles();
      print(json ? JSON.stringify(listed, undefined, 2) : formatBundles(listed));
    });
}

function checkCommand(): Command {
  return new Command('check')
    .description('check the files, weights and graphs of a bundle, and load it on a device')
    .argument('[bundle]', BUNDLE_ARGUMENT, DEFAULT_BUNDLE)
    .option('--device <name>', `auto, ${DEVICES.join(', ')}`, 'auto')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  handfirst models check\n  handfirst models check ../sd15 --device cuda',
    )
    .action(async (nameOrFolder: string, { device, json }: { device: string; json?: boolean }) => {
      const bundle = await loadBundle(nameOrFolder, { verify: false });
      const check = await checkBundle(bundle, { device });
      const { name } = bundle.manifest;
      const result = { name, folder: bundle.folder, ...check };
      print(json ? JSON.stringify(result, undefined, 2) : formatCheck(name, check));
      if (check.problems.length === 0) return;
      throw new BundleError(
        'HF_BUNDLE_CHECK',
        `The bundle "${name}" has ${counted(check.problems.length, 'problem')}: see above, and install or export it again.`,
        { file: bundle.folder },
      );
    });
}

function wordsCommand(): Command {
  return new Command('words')
    .description('print the words that a prompt may use, by what they describe')
    .argument('[bundle]', BUNDLE_ARGUMENT, DEFAULT_BUNDLE)
    .option('--json', 'print JSON')
    .action(async (nameOrFolder: string, { json }: { json?: boolean }) => {
      const bundle = await loadBundle(nameOrFolder, { verify: false });
      const topics = await promptTopics(bundle);
      print(json ? JSON.stringify(topics, undefined, 2) : formatTopics(bundle.manifest.name, topics));
    });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
