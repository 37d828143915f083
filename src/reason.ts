/** What the operating system's refusals mean, by their code. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'that is not permitted',
  EADDRINUSE: 'it is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  EBUSY: 'it is in use',
  EDQUOT: 'the quota of the disk is used up',
  EEXIST: 'a file of that name is in the way',
  EFBIG: 'the file would be too large for this disk',
  EIO: 'the disk failed',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no folder',
  ENOTEMPTY: 'it is a folder that is not empty',
  EPERM: 'that is not permitted',
  EROFS: 'the disk is read-only',
};

/**
 * Why something failed, to stand in a sentence: plain words for what the operating system refuses, else the first line of what was
 * thrown, without the full stop at its end.
 */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = REFUSALS[code];
  if (known !== undefined) return known;
  const line = (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? '';
  // `ESTALE: stale file handle, read`: the code and the call are for programmers.
  const words = code === '' ? line : line.replace(/^E[A-Z0-9]+: /, '').replace(/, [a-z]+( '.*)?$/, '');
  return words.trim().replace(/\.+$/, '');
}
