import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BundleError } from '../errors.js';
import { reasonOf } from '../reason.js';
import { type Bundle, bundleFile } from './bundle.js';
import { ClipTokenizer } from './clip-tokenizer.js';
import { type Tokenizer, vocabularySchema, WordTokenizer } from './word-tokenizer.js';

/**
 * The tokenizer that the bundle's manifest names; undefined for a bundle without a prompt graph. Throws `BundleError` where its files
 * do not fit.
 */
export async function createTokenizer(bundle: Bundle): Promise<Tokenizer | undefined> {
  const { prompt } = bundle.manifest;
  if (!prompt) return undefined;
  const { tokenizer, maxTokens, padToken } = prompt;
  if (tokenizer.kind === 'words') {
    const file = bundleFile(bundle, tokenizer.vocabulary);
    const vocabulary = await readJson(file, vocabularySchema);
    const dangling = Object.entries(vocabulary.synonyms).find(
      ([, word]) => !Object.hasOwn(vocabulary.words, word),
    );
    if (dangling)
      throw new BundleError(
        'HF_BUNDLE_VOCABULARY',
        unfit(file, `its synonym "${dangling[0]}" means "${dangling[1]}", which it does not know`),
        { file },
      );
    if (vocabulary.pad !== padToken)
      throw new BundleError(
        'HF_BUNDLE_VOCABULARY',
        unfit(file, `it pads with ${vocabulary.pad}, and the manifest with ${padToken}`),
        { file },
      );
    return new WordTokenizer(vocabulary, maxTokens);
  }
  return readClipTokenizer(
    bundleFile(bundle, tokenizer.tokenizer),
    bundleFile(bundle, tokenizer.config),
    maxTokens,
  );
}

/** CLIP's tokenizer from its `tokenizer.json` and `tokenizer_config.json`. Throws `BundleError` where they do not fit. */
export async function readClipTokenizer(
  file: string,
  configFile: string,
  maxTokens: number,
): Promise<Tokenizer> {
  const [model, config] = await Promise.all([
    readJson(file, z.looseObject({})),
    readJson(configFile, z.looseObject({})),
  ]);
  try {
    return new ClipTokenizer(model, config, maxTokens);
  } catch (error) {
    throw new BundleError('HF_BUNDLE_VOCABULARY', unfit(file, reasonOf(error)), { file });
  }
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new BundleError('HF_BUNDLE_VOCABULARY', unfit(file, reasonOf(error)), { file });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new BundleError(
    'HF_BUNDLE_VOCABULARY',
    unfit(file, `at "${issue?.path.map(String).join('.')}": ${issue?.message}`),
    { file, field: issue?.path.map(String).join('.') },
  );
}

function unfit(file: string, why: string): string {
  return `The tokenizer file ${file} cannot be used (${why}): install the bundle again, or export it again with its script.`;
}
