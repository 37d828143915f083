import { type Bundle, createTokenizer, loadGallery } from '../models/index.js';
import { galleryTopics } from '../signers/index.js';
import type { Engine } from './engine.js';

type Topics = Readonly<Record<string, readonly string[]>>;

/** What a prompt can describe -> the words for it; empty where every word is taken, or none. */
export function topicsOf({ tokenizer, gallery }: Pick<Engine, 'tokenizer' | 'gallery'>): Topics {
  return tokenizer?.topics ?? (gallery ? galleryTopics(gallery) : {});
}

/** The same for a bundle that no engine has opened. */
export async function promptTopics(bundle: Bundle): Promise<Topics> {
  return topicsOf({ tokenizer: await createTokenizer(bundle), gallery: await loadGallery(bundle) });
}
