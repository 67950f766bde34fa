import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { createError } from '../catalogue/errors.ts'
import { addressText, type ListenAddress, listenOn, listenProblem } from '../plugin/listen.ts'
import { LIMITS } from './limits.ts'

/** Listens. @throws {MoodError} ERR_LISTEN, with the reason in words */
export async function listen(app: FastifyInstance, where: ListenAddress): Promise<void> {
  try {
    await listenOn(where, at => app.listen(at))
  } catch (error) {
    await app.close()
    const { code, message } = error as NodeJS.ErrnoException
    const reason = listenProblem(code, 'server.listen') ?? message
    throw createError('ERR_LISTEN', { address: addressText(where), reason }, { cause: error })
  }
}

/** The URL to open; for all interfaces it is `localhost`. */
export function urlOf(server: Server, secure: boolean, asked: ListenAddress): string {
  const { address, port } = server.address() as AddressInfo
  const everywhere = asked.host === '' || address === '::' || address === '0.0.0.0'
  return `${secure ? 'https' : 'http'}://${addressText({ host: everywhere ? 'localhost' : address, port })}`
}

/** Closes idle connections at once, and others after a second. */
export async function close(app: FastifyInstance): Promise<void> {
  const impatience = setTimeout(() => app.server.closeAllConnections(), LIMITS.closeMs)
  await app.close()
  clearTimeout(impatience)
}
