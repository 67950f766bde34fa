import { execFileSync } from 'node:child_process'

/** Makes NAME.crt and NAME.key (PKCS #8) in a folder: the certificate of a server on this machine, signed by itself. */
export function selfSigned(folder: string, name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`]
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...files], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
