import type { TLSSocket } from 'node:tls'
import type { TlsSettings } from './tls.ts'

const PREFIX = /^(?:DNS|IP Address|URI|email):/

/**
 * The alternative names of a certificate: host names, IP and mail addresses, URIs.
 * @param text in the format of `X509Certificate.subjectAltName`. A name that Node.js put in quotes contains unusual
 *   characters: it is left out, so that it cannot imitate another name (CVE-2021-44532).
 */
export function alternativeNames(text: string | undefined): string[] {
  if (!text || text.includes('"')) return []
  return text
    .split(', ')
    .filter(name => PREFIX.test(name))
    .map(name => name.replace(PREFIX, ''))
}

/** Why a client's certificate, or its absence, is rejected; null if it is accepted. Call it after the handshake. */
export function clientCertificateProblem(socket: TLSSocket, tls: TlsSettings): string | null {
  if (tls.clientAuth === 'NoClientCert' || tls.clientAuth === 'RequestClientCert') return null
  const certificate = socket.getPeerX509Certificate()
  if (!certificate)
    return tls.clientAuth === 'VerifyClientCertIfGiven' ? null : 'the client sent no certificate'
  if (tls.clientAuth !== 'RequireAnyClientCert' && !socket.authorized)
    return `the client's certificate was not accepted: ${socket.authorizationError}`
  if (
    tls.allowedSans &&
    !alternativeNames(certificate.subjectAltName).some(name => tls.allowedSans?.has(name))
  )
    return "none of the client certificate's alternative names is in client_allowed_sans"
  return null
}
