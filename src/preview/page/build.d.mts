/** Bundles the page into a folder; `inWords` says what becomes of the English strings. */
export function buildPage(folder?: string, inWords?: (words: unknown) => unknown): Promise<void>;
