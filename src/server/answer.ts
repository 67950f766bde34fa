import { promisify } from 'node:util'
import { constants, gzip, gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { acceptsGzip } from './negotiation.ts'

const gzipInPool = promisify(gzip)

/** Below this, a packet or so, compressing saves nothing. */
const SMALL = 1_400

/**
 * Up to here a text is compressed on the spot, which takes some 3 ms for a megabyte. The thread pool would hold the
 * main thread up less, but with workers on every core a job waits for its turn there: with 2,000 series and both
 * cores of a machine busy, a p99 of 40 to 90 ms against 1 to 10 ms.
 */
const ON_THE_SPOT = 2 ** 20

const compress = async (text: string) => {
  const options = { level: constants.Z_BEST_SPEED, chunkSize: 65_536 }
  return text.length <= ON_THE_SPOT ? gzipSync(text, options) : await gzipInPool(text, options)
}

/**
 * Sends a text, compressed when the client takes that. The lightest compression: a scrape comes every second, from
 * near by, and the next levels take several times as long to save some percent more.
 */
export async function sendText(
  request: FastifyRequest,
  reply: FastifyReply,
  contentType: string,
  text: string,
): Promise<FastifyReply> {
  reply.header('Content-Type', contentType).header('Vary', 'Accept, Accept-Encoding')
  if (text.length < SMALL || !acceptsGzip(request.headers['accept-encoding'])) return reply.send(text)
  const compressed = await compress(text)
  return reply.header('Content-Encoding', 'gzip').send(compressed)
}

/** Sends a line of plain text, as exporters answer everything that is not the page. */
export function sendLine(reply: FastifyReply, status: number, line: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${line}\n`)
}
