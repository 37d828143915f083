import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { hashOf, type Store } from '../batch/index.js';
import { OutputError, QueueError } from '../errors.js';
import { hashFile } from '../file-hash.js';
import { reasonOf } from '../reason.js';

/** The object's field that holds the SHA-256 of its bytes, which S3's own tag does not always. */
const HASH = 'sha256';

/**
 * A store in a bucket of S3, or of what speaks like it. Address of the service, region and credentials come from the environment as AWS's
 * tools take them (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE ...). An object appears when all of it was sent.
 */
export class BucketStore implements Store {
  private constructor(
    readonly name: string,
    private readonly client: S3Client,
    private readonly bucket: string,
    private readonly prefix: string,
  ) {}

  /** `name`: `s3://bucket/prefix`. Throws `QueueError` where the bucket cannot be used. */
  static async open(name: string): Promise<BucketStore> {
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(name) ?? [];
    // A service at an address of its own has no name a bucket.
    const forcePathStyle = Boolean(process.env.AWS_ENDPOINT_URL ?? process.env.AWS_ENDPOINT_URL_S3);
    const client = new S3Client({
      forcePathStyle,
      ...(process.env.AWS_REGION ? {} : { region: 'us-east-1' }),
    });
    const store = new BucketStore(name, client, bucket, prefix === '' ? '' : `${prefix}/`);
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
      return store;
    } catch (error) {
      client.destroy();
      throw new QueueError(
        'HF_STORE_UNREACHABLE',
        `The bucket ${bucket} of ${name} cannot be used (${statusOf(error) === 404 ? 'there is none' : statusOf(error) === 403 ? 'the credentials are refused' : reasonOf(error)}): look at its name, at AWS_ENDPOINT_URL and at the credentials in the environment.`,
        { file: name },
      );
    }
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const found = await this.missingAsNone(key, () => this.client.send(new GetObjectCommand(this.at(key))));
    return found?.Body?.transformToByteArray();
  }

  async write(key: string, bytes: Uint8Array | string): Promise<void> {
    const Metadata = { [HASH]: createHash('sha256').update(bytes).digest('hex') };
    await this.guarded(key, () =>
      this.client.send(new PutObjectCommand({ ...this.at(key), Body: bytes, Metadata })),
    );
  }

  async put(key: string, file: string): Promise<void> {
    const Metadata = { [HASH]: await hashFile(file) };
    const { size: ContentLength } = await stat(file);
    await this.guarded(key, () =>
      this.client.send(
        new PutObjectCommand({ ...this.at(key), Body: createReadStream(file), ContentLength, Metadata }),
      ),
    );
  }

  async get(key: string, file: string): Promise<void> {
    await this.guarded(key, async () => {
      const { Body } = await this.client.send(new GetObjectCommand(this.at(key)));
      if (!(Body instanceof Readable)) throw new Error('the answer has no content');
      await pipeline(Body, createWriteStream(file));
    });
  }

  async sha256(key: string): Promise<string | undefined> {
    const found = await this.missingAsNone(key, () => this.client.send(new HeadObjectCommand(this.at(key))));
    if (!found) return undefined;
    // What others have put there has no hash, and is another thing than what is known by one.
    return found.Metadata?.[HASH] ?? hashOf(found.ETag ?? key);
  }

  async remove(key: string): Promise<void> {
    await this.guarded(key, async () => {
      for (;;) {
        const { Contents = [] } = await this.client.send(
          new ListObjectsV2Command({ Bucket: this.bucket, Prefix: this.prefix + key }),
        );
        const Objects = Contents.flatMap(({ Key }) =>
          Key === this.prefix + key || Key?.startsWith(`${this.prefix}${key}/`) ? [{ Key }] : [],
        );
        if (Objects.length === 0) return;
        await this.client.send(new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects } }));
      }
    });
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: this.prefix + key };
  }

  private async missingAsNone<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw this.failure(key, error);
    }
  }

  private async guarded<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.failure(key, error);
    }
  }

  private failure(key: string, error: unknown): OutputError {
    const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    return full
      ? new OutputError('HF_OUTPUT_FULL', "This machine's disk is full: free some space.", {
          file: this.name,
        })
      : new OutputError(
          'HF_OUTPUT_UNWRITABLE',
          `${this.name}/${key} cannot be read or written (${reasonOf(error)}): look at the bucket and at the credentials in the environment.`,
          { file: this.name },
        );
  }
}

/** HTTP status of what S3 answered. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata } = error;
  if (typeof $metadata !== 'object' || $metadata === null || !('httpStatusCode' in $metadata))
    return undefined;
  return Number($metadata.httpStatusCode);
}
