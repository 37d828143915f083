import { FolderStore, type Store } from '../batch/index.js';
import { requirePackages } from '../packages.js';

/** Opens `s3://bucket/prefix`, or else a folder. Throws `QueueError`, `OutputError`, and `UsageError` where a package is missing. */
export async function openStore(name: string): Promise<Store> {
  if (!name.startsWith('s3://')) return FolderStore.open(name);
  requirePackages('bucket');
  const { BucketStore } = await import('./bucket-store.js');
  return BucketStore.open(name);
}
