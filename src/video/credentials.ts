import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { OutputError, UsageError } from '../errors.js';
import { requirePackages } from '../packages.js';
import { reasonOf } from '../reason.js';
import { writeWhole } from '../write-whole.js';
import { type CoseSigner, coseAlgorithm, coseSign1 } from './cose.js';
import type { VideoFormat } from './format.js';
import { digitalSourceType, type VideoMetadata } from './metadata.js';

/** Who signs the content credentials (C2PA) of a video. */
export interface CredentialOptions {
  /** PEM file: the signer's certificate, then those that issued it. */
  readonly certificate: string;
  /** PEM file of its private key, without a password. */
  readonly key: string;
}

/** A signer that was read and checked. */
export interface Credentials extends CoseSigner {
  /** SHA-256 of the certificate. */
  readonly fingerprint: string;
}

/** The formats that C2PA puts manifests into. */
const TYPES: Readonly<Partial<Record<VideoFormat, string>>> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  gif: 'image/gif',
  webp: 'image/webp',
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function unfit(sentence: string, file: string, field: 'certificate' | 'key'): UsageError {
  return new UsageError('HF_CREDENTIALS', sentence, { file, field });
}

async function readPem(file: string, field: 'certificate' | 'key'): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unfit(`${file} cannot be read: ${reasonOf(error)}.`, file, field);
  }
}

function parseChain(pem: string, file: string): [X509Certificate, ...X509Certificate[]] {
  try {
    const [leaf, ...issuers] = (pem.match(CERTIFICATE) ?? []).map((text) => new X509Certificate(text));
    if (leaf) return [leaf, ...issuers];
  } catch {
    // Said below.
  }
  throw unfit(
    `${file} holds no certificate: give a PEM file with the signer's certificate first.`,
    file,
    'certificate',
  );
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    const why = pem.includes('ENCRYPTED')
      ? 'has a password: give the key without one'
      : 'is no private key in PEM';
    throw unfit(`${file} ${why}.`, file, 'key');
  }
}

/**
 * Reads a signer and checks that it can sign a video of this format, before anything is drawn.
 *
 * @throws UsageError for files that are none, do not belong together, are out of date, or for a format without credentials
 */
export async function openCredentials(
  { certificate: file, key: keyFile }: CredentialOptions,
  format: VideoFormat | 'stream',
): Promise<Credentials> {
  if (format === 'stream' || !TYPES[format]) {
    throw new UsageError(
      'HF_FIELDS_CONFLICT',
      `Content credentials cannot be put into ${format === 'stream' ? 'standard output' : `a ${format} output`}: write .mp4, .mov, .gif or .webp, or leave \`certificate\` out.`,
      { field: 'certificate' },
    );
  }
  requirePackages('credentials');
  const chain = parseChain(await readPem(file, 'certificate'), file);
  const key = parseKey(await readPem(keyFile, 'key'), keyFile);
  const [leaf] = chain;
  if (!leaf.checkPrivateKey(key))
    throw unfit(
      `${keyFile} is not the key of the first certificate in ${file}: give the pair.`,
      keyFile,
      'key',
    );
  const now = Date.now();
  if (now < Date.parse(leaf.validFrom) || now > Date.parse(leaf.validTo))
    throw unfit(
      `The certificate in ${file} is valid from ${leaf.validFrom} to ${leaf.validTo}: give one that is valid now.`,
      file,
      'certificate',
    );
  const algorithm = coseAlgorithm(key);
  if (!algorithm)
    throw unfit(
      `C2PA does not sign with the kind of key in ${keyFile}: use P-256, P-384, P-521, Ed25519 or RSA.`,
      keyFile,
      'key',
    );
  const fingerprint = leaf.fingerprint256.replaceAll(':', '').toLowerCase();
  return { algorithm, key, chain: chain.map(({ raw }) => new Uint8Array(raw)), fingerprint };
}

/** What the claim says of the video. */
function manifest(title: string, metadata: VideoMetadata): string {
  const agent = { name: 'handfirst', version: metadata.version };
  const created = {
    action: 'c2pa.created',
    digitalSourceType: digitalSourceType(metadata),
    softwareAgent: agent,
  };
  return JSON.stringify({
    claim_generator_info: [agent],
    title,
    assertions: [
      { label: 'c2pa.actions', data: { actions: [created] } },
      { label: 'handfirst.provenance', data: metadata },
    ],
  });
}

/** A `Blob` that can be read at once, which is what the library does in the workers of a browser. */
class HeldBlob extends Blob {
  constructor(readonly held: Uint8Array<ArrayBuffer>) {
    super([held]);
  }

  override slice(start = 0, end = this.size): HeldBlob {
    return new HeldBlob(this.held.subarray(start, end));
  }
}

/** The browser's reader, which Node lacks, for `HeldBlob` alone. */
class HeldReader {
  readAsArrayBuffer(blob: HeldBlob): ArrayBuffer {
    return blob.held.slice().buffer;
  }
}

async function loadLibrary() {
  const library = await import('@contentauth/c2pa-wasm');
  const wasm = createRequire(import.meta.url).resolve('@contentauth/c2pa-wasm/c2pa.wasm');
  library.initSync({ module: new Uint8Array(await readFile(wasm)) });
  return library;
}

let library: ReturnType<typeof loadLibrary> | undefined;

/** Bytes that a signature of this chain is given: the certificates, and room for the rest. */
function reserved(chain: readonly Uint8Array[]): number {
  return 4096 + chain.reduce((sum, { length }) => sum + length, 0);
}

/**
 * Puts a signed C2PA manifest into a finished video, in place. The whole file is held in memory. Nothing is fetched: there is no time
 * stamp, so that the signature counts while the certificate is valid.
 *
 * @throws OutputError where the library refuses; the file is then as before
 */
export async function signVideo(
  { file, format, title }: { file: string; format: VideoFormat; title: string },
  credentials: Credentials,
  metadata: VideoMetadata,
): Promise<void> {
  library ??= loadLibrary();
  const { WasmBuilder } = await library;
  Object.assign(globalThis, { FileReaderSync: HeldReader });
  const reserveSize = reserved(credentials.chain);
  const builder = WasmBuilder.fromJson(manifest(basename(title), metadata));
  try {
    const definition = {
      alg: credentials.algorithm.name,
      reserveSize,
      sign: async (claim: Uint8Array) => new Uint8Array(coseSign1(claim, credentials, reserveSize)),
    };
    const source = new HeldBlob(new Uint8Array(await readFile(file)));
    await writeWhole(file, await builder.sign(definition, [], TYPES[format] ?? '', source));
  } catch (error) {
    throw new OutputError(
      'HF_OUTPUT_UNSIGNED',
      `${title} cannot be signed (${error instanceof Error ? error.message : String(error)}): give another certificate, or leave \`certificate\` out.`,
      { file: title, field: 'certificate' },
    );
  } finally {
    builder.free();
  }
}
