import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { BundleError } from '../errors.js';
import { DEFAULT_BUNDLE, type Gallery, loadBundle, loadGallery } from '../models/index.js';
import { SHEET_ENDINGS } from '../sheet.js';
import { writeSheet } from '../signers/index.js';

interface SignersFlags {
  readonly out?: string;
  readonly force?: boolean;
  readonly bundle: string;
  readonly json?: boolean;
}

/** A line a signer for `handfirst signers`. */
function formatSigners({ signers, default: standard }: Gallery): string {
  const width = Math.max(...signers.map(({ name }) => name.length));
  return signers
    .map((signer) => {
      const { gender, age, build, skin, hair, hairstyle, garment, sleeve, cloth, trousers, wall } =
        signer.words;
      const said = [
        `${age} ${gender}`,
        `${build} build`,
        `${skin} skin`,
        hairstyle === 'bald' ? 'bald' : `${hairstyle} ${hair} hair`,
        `${cloth} ${garment} with ${sleeve} sleeves`,
        `${trousers} trousers`,
        `${wall} wall`,
      ].join(', ');
      return `${signer.name.padEnd(width)}  ${said}${signer === standard ? ' (default)' : ''}`;
    })
    .join('\n');
}

function sheetName(text: string): string {
  if (SHEET_ENDINGS.includes(path.extname(text).toLowerCase())) return text;
  throw new InvalidArgumentError(`Give a name that ends in ${SHEET_ENDINGS.join(', ')}.`);
}

/** `handfirst signers`: whom a bundle brings. */
export function signersCommand(): Command {
  return new Command('signers')
    .description('list the signers to choose from with --signer')
    .option('-o, --out <file>', `write a sheet of their pictures: ${SHEET_ENDINGS.join(', ')}`, sheetName)
    .option('--force', 'replace an output that exists')
    .option('--bundle <name>', 'model bundle: a name or a folder', DEFAULT_BUNDLE)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  handfirst signers\n  handfirst signers -o sheet.png')
    .action(async ({ out, force, bundle: name, json }: SignersFlags) => {
      const bundle = await loadBundle(name, { verify: false });
      const gallery = await loadGallery(bundle);
      if (!gallery) {
        throw new BundleError(
          'HF_BUNDLE_GALLERY',
          `The bundle "${bundle.manifest.name}" brings no signers: choose another with \`bundle\`.`,
          { field: 'bundle' },
        );
      }
      if (out !== undefined) await writeSheet(gallery, out, { force });
      const listed = gallery.signers.map((signer) => ({
        name: signer.name,
        default: signer === gallery.default,
        words: signer.words,
        picture: path.join(gallery.folder, signer.picture),
      }));
      process.stdout.write(`${json ? JSON.stringify(listed, undefined, 2) : formatSigners(gallery)}\n`);
    });
}
