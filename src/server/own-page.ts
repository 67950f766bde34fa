import { hostname } from 'node:os'
import type { FastifyRequest } from 'fastify'

/** The host in a Host header or an origin, without its port; null if there is none. */
export function hostOf(authority: string | undefined): string | null {
  if (authority === undefined) return null
  try {
    return new URL(authority.includes('://') ? authority : `http://${authority}`).hostname.toLowerCase()
  } catch {
    return null
  }
}

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/

/**
 * Whether a host name can only be this exporter's. In DNS rebinding, a page of another site reaches an exporter on
 * its reader's machine or network through a name that its author controls. Such a name has a dot, so addresses and
 * names without a dot are safe.
 */
export function isOwnHost(host: string | null, allowed: readonly string[]): boolean {
  if (host === null || host === '') return false
  if (allowed.length > 0) return allowed.includes(host)
  return host.startsWith('[') || IPV4.test(host) || !host.includes('.') || host === hostname().toLowerCase()
}

/**
 * Whether a request may change something: it does not come from a web page, or comes from a page of this exporter.
 */
export function isFromOwnPage({ headers }: FastifyRequest, allowed: readonly string[]): boolean {
  const host = hostOf(headers.host)
  if (!isOwnHost(host, allowed)) return false
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  // `null` is the origin of a sandboxed page or a file.
  return headers.origin === undefined || hostOf(headers.origin) === host
}
