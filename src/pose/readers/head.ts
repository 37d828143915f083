import type { ByteSource } from '../byte-source.js';
import type { FileHead } from './reader.js';

const HEAD = 64 * 1024;

/** The beginning of a source, for recognition. */
export async function headOf(source: ByteSource): Promise<FileHead> {
  const bytes = await source.read(0, HEAD);
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  const json = text.startsWith('{') || text.startsWith('[') ? text.replace(/\s+/g, '') : '';
  return { name: source.name, size: source.size, bytes, json };
}
