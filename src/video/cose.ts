import { constants, type KeyObject, sign } from 'node:crypto';
import { encode } from 'cborg';

/** How a key signs: C2PA's name of the algorithm, COSE's number (RFC 9053, RFC 8230), and the hash. */
export interface CoseAlgorithm {
  readonly name: 'es256' | 'es384' | 'es512' | 'ed25519' | 'ps256';
  readonly id: number;
  /** Absent where the algorithm hashes by itself. */
  readonly hash?: 'sha256' | 'sha384' | 'sha512';
}

const CURVES: Readonly<Record<string, CoseAlgorithm>> = {
  prime256v1: { name: 'es256', id: -7, hash: 'sha256' },
  secp384r1: { name: 'es384', id: -35, hash: 'sha384' },
  secp521r1: { name: 'es512', id: -36, hash: 'sha512' },
};

/** The algorithm that C2PA has for a private key; undefined where it has none. */
export function coseAlgorithm({
  asymmetricKeyType,
  asymmetricKeyDetails,
}: KeyObject): CoseAlgorithm | undefined {
  switch (asymmetricKeyType) {
    case 'ec':
      return CURVES[asymmetricKeyDetails?.namedCurve ?? ''];
    case 'ed25519':
      return { name: 'ed25519', id: -8 };
    case 'rsa':
    case 'rsa-pss':
      return { name: 'ps256', id: -37, hash: 'sha256' };
    default:
      return undefined;
  }
}

/** What signs: the key, and the certificates in DER from its own upwards. */
export interface CoseSigner {
  readonly algorithm: CoseAlgorithm;
  readonly key: KeyObject;
  readonly chain: readonly Uint8Array[];
}

/** Headers of COSE_Sign1: the algorithm, and the certificates (RFC 9360). */
const ALG = 1;
const X5CHAIN = 33;
/** CBOR tag of COSE_Sign1 (RFC 9052, section 4.2). */
const TAG = 0xd2;

function signature(message: Uint8Array, { algorithm, key }: CoseSigner): Uint8Array {
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const how = algorithm.name === 'ps256' ? pss : { dsaEncoding: 'ieee-p1363' as const };
  return new Uint8Array(sign(algorithm.hash ?? null, message, { key, ...how }));
}

/**
 * COSE_Sign1 over a payload that is not in it (RFC 9052, section 4), filled up to `length` bytes by a `pad` header as C2PA 2.1 has it,
 * section 13.2. Throws `RangeError` where the certificates alone are longer.
 */
export function coseSign1(payload: Uint8Array, signer: CoseSigner, length: number): Uint8Array {
  const [leaf = new Uint8Array(0), ...issuers] = signer.chain;
  const chain = issuers.length === 0 ? leaf : [leaf, ...issuers];
  const header = encode(
    new Map<number, unknown>([
      [ALG, signer.algorithm.id],
      [X5CHAIN, chain],
    ]),
  );
  const signed = signature(encode(['Signature1', header, new Uint8Array(0), payload]), signer);
  const withPad = (pad: number) =>
    Buffer.concat([Uint8Array.of(TAG), encode([header, { pad: new Uint8Array(pad) }, null, signed])]);
  const room = length - withPad(0).length;
  // The pad's own length takes up to four bytes more.
  for (let pad = room; pad >= Math.max(0, room - 4); pad -= 1) {
    const made = withPad(pad);
    if (made.length === length) return new Uint8Array(made);
  }
  throw new RangeError(`A signature of ${length - room} bytes cannot be filled up to ${length}.`);
}
