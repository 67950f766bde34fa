import { hostname } from 'node:os'
import type { FastifyRequest } from 'fastify'

/** The host of a Host header or an origin, without its port; null where there is none. */
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
 * Whether a host can only be this exporter's. A page of another site reaches an exporter on its reader's machine
 * or network by a name that its author has made to point there (DNS rebinding). It has a dot, so addresses and names
 * without one are no such names.
 */
export function isOwnHost(host: string | null, allowed: readonly string[]): boolean {
  if (host === null || host === '') return false
  if (allowed.length > 0) return allowed.includes(host)
  return host.startsWith('[') || IPV4.test(host) || !host.includes('.') || host === hostname().toLowerCase()
}

/** Whether a request may change something: it comes from no page, or from one that this exporter served. */
export function isFromOwnPage({ headers }: FastifyRequest, allowed: readonly string[]): boolean {
  const host = hostOf(headers.host)
  if (!isOwnHost(host, allowed)) return false
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  // `null` is the origin of a page in a sandbox or a file.
  return headers.origin === undefined || hostOf(headers.origin) === host
}
