import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import type { Encoded, Tokenizer } from './word-tokenizer.js';

/**
 * CLIP's byte-pair tokens by the bundle's `tokenizer.json` and `tokenizer_config.json`: begin token, text, end token, at
 * most `maxTokens` (77) of them. No word is unknown to it; what does not fit is reported as `cut`.
 */
export class ClipTokenizer implements Tokenizer {
  readonly topics = {};
  private readonly tokenizer: HuggingFaceTokenizer;

  /** Throws the library's errors where the files are no tokenizer. */
  constructor(
    tokenizer: object,
    config: object,
    private readonly maxTokens: number,
  ) {
    this.tokenizer = new HuggingFaceTokenizer(tokenizer, config);
  }

  encode(prompt: string): Encoded {
    const { ids } = this.tokenizer.encode(prompt);
    if (ids.length <= this.maxTokens) return { ids: [...ids], unknown: [], cut: '' };
    const end = ids.slice(-1);
    const kept = ids.slice(0, this.maxTokens - 1);
    const cut = this.tokenizer.decode(ids.slice(this.maxTokens - 1, -1), { skip_special_tokens: true });
    return { ids: [...kept, ...end], unknown: [], cut: cut.trim() };
  }
}
