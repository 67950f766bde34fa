import { messageOf } from './message-of.ts'

/** An address to listen on, as the option {@link address} parses to. */
export interface ListenAddress {
  /** Empty for all interfaces. */
  host: string
  port: number
}

/** An address as text: `host:port`, with brackets for IPv6. */
export const addressText = ({ host, port }: ListenAddress): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

/**
 * Why a program cannot listen on an address, and what to do, in words for the operator.
 *
 * @param code the code of the error that Node.js reports
 * @param option the name of the option with the address
 * @returns undefined for any other code: the error's own message then says more
 */
export function listenProblem(code: string | undefined, option: string): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `the port is in use by another program; choose another with \`${option}\``
    case 'EACCES':
      return 'ports below 1024 need privileges that this user does not have'
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address'
    case 'ENOTFOUND':
      return 'the host name is not known'
    case 'EAI_AGAIN':
      return 'the host name could not be looked up'
    default:
      return undefined
  }
}

/** The error of a source that cannot listen. @param thrown the error of `listen` of Node.js or of a framework */
export function listenError(thrown: unknown, at: ListenAddress, option: string): Error {
  const reason = listenProblem((thrown as NodeJS.ErrnoException).code, option) ?? messageOf(thrown)
  return new Error(`cannot listen on ${addressText(at)}: ${reason}`, { cause: thrown })
}

/**
 * Listens on an address. An empty host is all interfaces: `::`, which includes IPv4, or on a machine without IPv6
 * `0.0.0.0`.
 *
 * @param listen listens on an address with a host, and rejects with the error of Node.js
 */
export async function listenOn<T>(
  { host, port }: ListenAddress,
  listen: (at: ListenAddress) => Promise<T>,
): Promise<T> {
  if (host !== '') return listen({ host, port })
  try {
    return await listen({ host: '::', port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') throw error
    return listen({ host: '0.0.0.0', port })
  }
}
