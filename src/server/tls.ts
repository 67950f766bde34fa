import { constants, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { reason as whyUnreadable } from '../config/read-file.ts'
import type { FilesRead } from './files-read.ts'
import {
  CIPHER_SUITES,
  type ClientAuthType,
  CURVES,
  TLS_VERSIONS,
  type TlsInput,
} from './web-config-schema.ts'

/** The TLS settings. */
export interface TlsSettings {
  /** For `createServer` and `setSecureContext`. */
  readonly context: SecureContextOptions
  readonly clientAuth: ClientAuthType
  /** Allowed alternative names of the client certificate; null for any. */
  readonly allowedSans: ReadonlySet<string> | null
  /** Warnings for the operator, such as an expired certificate. */
  readonly notes: readonly string[]
}

/** A problem with a key of `tls_server_config`. */
export class TlsProblem extends Error {
  readonly key: string

  constructor(key: string, message: string) {
    super(message)
    this.key = key
  }
}

const TLS13_SUITES = Object.values(CIPHER_SUITES).filter(name => name.startsWith('TLS_'))
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

const reason = (error: unknown) => (error as { code?: string }).code ?? (error as Error).message

/**
 * Reads the certificates and the key, and checks that they match.
 * @param directory the folder at which relative paths start
 * @param files reads the files, to detect changes later
 * @throws {TlsProblem} that names the key
 */
export function readTls(input: TlsInput, directory: string, files: FilesRead): TlsSettings {
  /** The PEM text of a key, inline or from its file, with its place for messages. */
  const pem = (key: 'cert' | 'key' | 'client_ca') => {
    const inline = input[key]
    const file = input[`${key}_file`]
    if (inline !== undefined) return { key, text: inline, where: 'the PEM text' }
    if (file === undefined) return null
    const path = resolve(directory, file)
    try {
      return { key: `${key}_file`, text: files.read(path), where: path }
    } catch (error) {
      throw new TlsProblem(`${key}_file`, `${path} cannot be read: ${whyUnreadable(error)}`)
    }
  }
  type Pem = NonNullable<ReturnType<typeof pem>>

  const certificates = ({ key, text, where }: Pem) => {
    const found = text.match(CERTIFICATE)
    if (!found) throw new TlsProblem(key, `expected a certificate in PEM form in ${where}`)
    return found.map((block, index) => {
      try {
        return new X509Certificate(block)
      } catch (error) {
        throw new TlsProblem(key, `certificate ${index + 1} in ${where} does not parse: ${reason(error)}`)
      }
    })
  }

  const certPem = pem('cert') as Pem
  const keyPem = pem('key') as Pem
  const caPem = pem('client_ca')
  const leaf = certificates(certPem)[0] as X509Certificate
  const key = privateKey(keyPem)
  if (!leaf.checkPrivateKey(key))
    throw new TlsProblem(
      keyPem.key,
      `the key in ${keyPem.where} is not that of the certificate in ${certPem.where}`,
    )
  if (caPem) certificates(caPem)

  const context: SecureContextOptions = {
    cert: certPem.text,
    key: keyPem.text,
    ...(caPem ? { ca: caPem.text } : {}),
    minVersion: TLS_VERSIONS[input.min_version],
    maxVersion: TLS_VERSIONS[input.max_version],
    honorCipherOrder: input.prefer_server_cipher_suites,
    // Go applies the list only to TLS 1.2; the suites of TLS 1.3 are always available.
    ...(input.cipher_suites
      ? {
          ciphers: [
            ...new Set([...TLS13_SUITES, ...input.cipher_suites.map(name => CIPHER_SUITES[name])]),
          ].join(':'),
        }
      : {}),
    ...(input.curve_preferences
      ? { ecdhCurve: input.curve_preferences.map(name => CURVES[name]).join(':') }
      : {}),
    // A resumed session has no client certificate to check, so with client certificates each connection makes a full
    // handshake.
    ...(input.client_auth_type === 'NoClientCert' ? {} : { secureOptions: constants.SSL_OP_NO_TICKET }),
  }
  try {
    createSecureContext(context)
  } catch (error) {
    throw new TlsProblem(certPem.key, `TLS cannot be set up with these settings: ${(error as Error).message}`)
  }
  return {
    context,
    clientAuth: input.client_auth_type,
    allowedSans: input.client_allowed_sans ? new Set(input.client_allowed_sans) : null,
    notes:
      leaf.validToDate.getTime() < Date.now()
        ? [`the certificate in ${certPem.where} has expired, on ${leaf.validToDate.toISOString()}`]
        : [],
  }
}

function privateKey({ key, text, where }: { key: string; text: string; where: string }): KeyObject {
  try {
    return createPrivateKey(text)
  } catch (error) {
    const encrypted = (error as { code?: string }).code === 'ERR_MISSING_PASSPHRASE'
    throw new TlsProblem(
      key,
      encrypted
        ? `the key in ${where} is encrypted; expected one without a passphrase`
        : `expected a private key in PEM form in ${where}`,
    )
  }
}
