import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { initSync, WasmReader } from '@contentauth/c2pa-wasm';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { openVideoWriter, readInfo } from '../../src/video/index.js';
import { type Certificates, makeCertificates, OPENSSL } from './certificates.js';
import { EMBEDDED, temporaryFolder } from './helpers.js';
import { METADATA, patches } from './pictures.js';

const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const FRAMES = 6;
const SIZE = 64;

/** What the reader of c2pa-rs says of a file. */
const readingSchema = z.object({
  active_manifest: z.string(),
  manifests: z.record(
    z.string(),
    z.object({
      assertions: z.array(z.object({ label: z.string(), data: z.unknown() })),
      signature_info: z.object({ common_name: z.string() }),
    }),
  ),
  validation_state: z.enum(['Trusted', 'Valid', 'Invalid']),
});

/** Reads a signed file by the library's own reader, trusting `root`. */
async function read(bytes: Uint8Array, type: string, root: string) {
  const settings = JSON.stringify({ trust: { trust_anchors: root } });
  const reader = await WasmReader.fromBytes(type, bytes, settings);
  return readingSchema.parse(JSON.parse(reader.json()));
}

async function write(path: string, credentials?: { certificate: string; key: string }): Promise<string> {
  const size = { width: SIZE, height: SIZE };
  const writer = await openVideoWriter({ path, ...size, fps: 25, metadata: METADATA, credentials });
  for (let index = 0; index < FRAMES; index++) await writer.write(patches(8 * index, SIZE, SIZE));
  return (await writer.finish()).path;
}

beforeAll(() => {
  vi.stubEnv('FFMPEG_PATH', EMBEDDED);
  const wasm = createRequire(import.meta.url).resolve('@contentauth/c2pa-wasm/c2pa.wasm');
  initSync({ module: new Uint8Array(readFileSync(wasm)) });
});

describe.skipIf(!OPENSSL)('content credentials (openssl makes the certificates)', () => {
  test.each([
    ['mp4', 'video/mp4', P256],
    ['mov', 'video/quicktime', ['-algorithm', 'ed25519']],
    ['gif', 'image/gif', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
    ['webp', 'image/webp', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ])('%s: signed, read by c2pa-rs, and broken by a changed byte', async (format, type, kind) => {
    const folder = temporaryFolder();
    const { root, ...credentials } = makeCertificates(folder, kind);
    const path = await write(join(folder, `a.${format}`), credentials);
    const bytes = new Uint8Array(readFileSync(path));

    const reading = await read(bytes, type, root);
    expect(reading.validation_state).toBe('Trusted');
    const manifest = reading.manifests[reading.active_manifest];
    expect(manifest?.signature_info.common_name).toBe('Signer');
    expect(JSON.stringify(manifest?.assertions)).toContain(
      'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
    );
    expect(await readInfo(path)).toMatchObject(METADATA);

    // A byte of a picture: WebP has the manifest at its end, the others at their beginning.
    const at = format === 'webp' ? 200 : Math.floor(bytes.length * 0.9);
    const changed = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
    expect((await read(changed, type, root)).validation_state).toBe('Invalid');
  });

  test('every frame of a signed MP4 is where it was', async () => {
    const folder = temporaryFolder();
    const credentials = makeCertificates(folder, P256);
    const hash = (path: string) =>
      execFileSync(EMBEDDED, ['-v', 'error', '-i', path, '-f', 'framemd5', '-'], { encoding: 'utf8' });
    const signed = hash(await write(join(folder, 'signed.mp4'), credentials));
    expect(
      signed
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('#')),
    ).toHaveLength(FRAMES);
    expect(signed).toBe(hash(await write(join(folder, 'plain.mp4'))));
  });

  test('signed pictures stay pictures', async () => {
    const folder = temporaryFolder();
    const credentials = makeCertificates(folder, P256);
    for (const name of ['a.gif', 'a.webp']) {
      const path = await write(join(folder, name), credentials);
      expect(await sharp(path, { pages: -1 }).metadata()).toMatchObject({ width: SIZE, pages: FRAMES });
    }
  });

  describe('what cannot sign is refused before anything is drawn', () => {
    const refused = async (credentials: Pick<Certificates, 'certificate' | 'key'>, name = 'a.mp4') => {
      const size = { width: SIZE, height: SIZE };
      const path = join(temporaryFolder(), name);
      return openVideoWriter({ path, ...size, fps: 25, metadata: METADATA, credentials }).then(
        () => undefined,
        (error: unknown) => error,
      );
    };

    test('a missing file, a text, the key of another, a key with a password', async () => {
      const folder = temporaryFolder();
      const good = makeCertificates(folder, P256);
      mkdirSync(join(folder, 'other'));
      const other = makeCertificates(join(folder, 'other'), P256);
      writeFileSync(join(folder, 'text.pem'), 'no certificate');
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes256', passphrase: 'x' });
      writeFileSync(join(folder, 'locked.key'), locked);
      const cases: [Pick<Certificates, 'certificate' | 'key'>, RegExp, string][] = [
        [{ ...good, certificate: join(folder, 'none.pem') }, /none\.pem cannot be read/, 'certificate'],
        [{ ...good, certificate: join(folder, 'text.pem') }, /holds no certificate/, 'certificate'],
        [{ ...good, key: join(folder, 'text.pem') }, /is no private key in PEM/, 'key'],
        [{ ...good, key: other.key }, /is not the key of the first certificate/, 'key'],
        [{ ...good, key: join(folder, 'locked.key') }, /has a password/, 'key'],
      ];
      for (const [credentials, message, field] of cases)
        expect(await refused(credentials)).toMatchObject({
          code: 'HF_CREDENTIALS',
          field,
          message: expect.stringMatching(message),
        });
    });

    test('a format that has no place for them', async () => {
      const credentials = makeCertificates(temporaryFolder(), P256);
      for (const name of ['a.webm', 'frames/'])
        expect(await refused(credentials, name)).toMatchObject({ code: 'HF_FIELDS_CONFLICT' });
      const stream = openVideoWriter({
        path: '-',
        width: 8,
        height: 8,
        fps: 25,
        metadata: METADATA,
        credentials,
      });
      await expect(stream).rejects.toMatchObject({ code: 'HF_FIELDS_CONFLICT' });
    });

    test('a certificate that may not sign: the frames are kept', async () => {
      const folder = temporaryFolder();
      const { key } = makeCertificates(folder, P256);
      const plain = join(folder, 'plain.pem');
      execFileSync('openssl', [
        'req',
        '-x509',
        '-new',
        '-key',
        key,
        '-days',
        '9',
        '-subj',
        '/CN=x',
        '-out',
        plain,
      ]);
      await expect(write(join(folder, 'a.mp4'), { certificate: plain, key })).rejects.toMatchObject({
        code: 'HF_OUTPUT_UNSIGNED',
      });
    });
  });
});
