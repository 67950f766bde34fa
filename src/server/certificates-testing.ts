import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether certificates can be made here. */
export const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0
if (!HAS_OPENSSL) console.warn('tests of TLS are skipped: install openssl')

/** A folder that is removed on disposal. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'mood-server-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

const openssl = (folder: string, ...args: string[]) =>
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']

/** Makes NAME.crt and NAME.key, self-signed: the certificate of a server or an authority. */
export function selfSigned(folder: string, name: string): void {
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  openssl(folder, 'req', '-x509', ...EC, ...subject, '-keyout', `${name}.key`, '-out', `${name}.crt`)
}

/** Makes NAME.crt and NAME.key, signed by an existing authority. */
export function signedBy(folder: string, authority: string, name: string): void {
  const ca = ['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`]
  const subject = [
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=DNS:${name}.example,URI:spiffe://x/${name}`,
  ]
  openssl(folder, 'req', '-x509', ...ca, ...EC, ...subject, '-keyout', `${name}.key`, '-out', `${name}.crt`)
}
