import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Certificates are made by openssl; tests that need some are skipped where it is absent. */
export const OPENSSL = spawnSync('openssl', ['version']).status === 0;

export interface Certificates {
  /** The signer's certificate and that of its issuer. */
  readonly certificate: string;
  readonly key: string;
  /** The issuer, whom a reader may trust. */
  readonly root: string;
}

/** A signer as C2PA wants one (2.1, section 14.5), and the authority that issued it. `days`: how long it is valid; below 0, until then. */
export function makeCertificates(folder: string, kind: readonly string[], days = 30): Certificates {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe', encoding: 'utf8' });
  const newKey = (name: string, how: readonly string[]) => openssl('genpkey', ...how, '-out', at(name));
  newKey('root.key', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
  newKey('signer.key', kind);
  openssl(
    ...['req', '-x509', '-new', '-key', at('root.key'), '-days', '60', '-subj', '/O=Test/CN=Root'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ...['-out', at('root.pem')],
  );
  openssl('req', '-new', '-key', at('signer.key'), '-subj', '/O=Test/CN=Signer', '-out', at('signer.csr'));
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=emailProtection',
    'subjectKeyIdentifier=hash',
    'authorityKeyIdentifier=keyid',
  ];
  writeFileSync(at('extensions'), `${extensions.join('\n')}\n`);
  const signed = openssl(
    ...['x509', '-req', '-in', at('signer.csr'), '-CA', at('root.pem'), '-CAkey', at('root.key')],
    ...['-set_serial', '7', '-days', String(days), '-extfile', at('extensions')],
  );
  const root = execFileSync('openssl', ['x509', '-in', at('root.pem')], { encoding: 'utf8' });
  writeFileSync(at('signer.pem'), signed + root);
  return { certificate: at('signer.pem'), key: at('signer.key'), root };
}
