import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OutputError } from '../errors.js';

/** A file of the page, read once when the server starts. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const FILES = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/page.css', file: 'page.css', type: 'text/css; charset=utf-8' },
  { path: '/icon.svg', file: 'icon.svg', type: 'image/svg+xml' },
] as const;

/** Where the build puts the page. */
const BUILT = fileURLToPath(new URL('./page/', import.meta.url));

/** The page by the paths of its files. */
export async function readPage(folder = BUILT): Promise<ReadonlyMap<string, PageFile>> {
  const page = new Map<string, PageFile>();
  for (const { path, file, type } of FILES) {
    try {
      page.set(path, { type, bytes: new Uint8Array(await readFile(join(folder, file))) });
    } catch {
      throw new OutputError(
        'HF_PAGE_MISSING',
        `The page's ${file} is not in ${folder}: run \`npm run build\` in handfirst's folder, or install it again.`,
        { file },
      );
    }
  }
  return page;
}
