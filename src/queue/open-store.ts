import { FolderStore, type Store } from '../batch/index.js';
import { requirePackages } from '../packages.js';

/** Opens `s3://bucket/prefix`, or else a folder, which is made unless it is only `look`ed into. Throws `QueueError`, `OutputError`, and `UsageError` where a package is missing. */
export async function openStore(name: string, { look = false } = {}): Promise<Store> {
  if (!name.startsWith('s3://')) return FolderStore.open(name, { look });
  requirePackages('bucket');
  const { BucketStore } = await import('./bucket-store.js');
  return BucketStore.open(name);
}
