import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addFile, hashFile } from '../src/file-hash.js';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'handfirst-hash-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe('hashing files', () => {
  it.each([0, 1, 1 << 20, (1 << 20) + 1, 3_000_000])('gives the SHA-256 of %i bytes', async (length) => {
    const bytes = Buffer.alloc(length, 'some bytes ');
    const file = join(folder(), 'file');
    writeFileSync(file, bytes);
    expect(await hashFile(file)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('adds one file after the other', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, 'ab');
    const hash = await addFile(await addFile(createHash('sha256'), file), file);
    expect(hash.digest('hex')).toBe(createHash('sha256').update('abab').digest('hex'));
  });

  it('rejects for a folder and for a file that is not there', async () => {
    const place = folder();
    await expect(hashFile(place)).rejects.toThrow('EISDIR');
    await expect(hashFile(join(place, 'none'))).rejects.toThrow('ENOENT');
  });

  it('asks for no more memory than small files fill, however many they are', async () => {
    const file = join(folder(), 'small');
    writeFileSync(file, 'small');
    const hash = createHash('sha256');
    const before = process.memoryUsage().arrayBuffers;
    // Too few for V8 to collect anything: what was asked for is still there.
    for (let k = 0; k < 20; k++) await addFile(hash, file);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 << 20);
  });
});
