import type { Gallery } from '../models/gallery.js';
import { SIGNER_FIELDS } from '../models/gallery.js';
import { COLOURS, isRecoloured } from './colours.js';

/** What a prompt can describe -> the words for it: what signers of the gallery have, and every colour that a part can be given. */
export function galleryTopics({ signers }: Gallery): Record<string, readonly string[]> {
  return Object.fromEntries(
    SIGNER_FIELDS.map((field) => {
      const there = signers.map(({ words }) => words[field]);
      const given = isRecoloured(field) ? Object.keys(COLOURS[field]) : [];
      return [field, [...new Set([...there, ...given])].sort()];
    }),
  );
}
