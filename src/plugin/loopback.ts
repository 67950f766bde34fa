import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether an address to listen on is reachable only from this machine. An empty host means all interfaces. */
export function isLoopback(host: string): boolean {
  const version = isIP(host)
  if (version === 0) return host.toLowerCase() === 'localhost'
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4')
}

/** The message for a missing option `token`, if other machines can reach the address on which something listens. */
export const TOKEN_REQUIRED =
  'required, because other machines can reach this address; set `token` or `token_file`, or listen on 127.0.0.1'

/**
 * Whether others on the network can read what is sent to a URL: its scheme is neither `https:` nor `wss:`, and its
 * host is another machine. False for a text that is no URL.
 */
export function crossesInTheClear(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol !== 'https:' && protocol !== 'wss:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))
}
