import type { FastifyReply, FastifyRequest } from 'fastify'
import { Body } from '../metrics/body.ts'
import { acceptsGzip } from './negotiation.ts'

/** Below this size, about one packet, compression saves nothing. */
const SMALL = 1_400

/** Sends a body, compressed if the client accepts that. */
export async function sendBody(
  request: FastifyRequest,
  reply: FastifyReply,
  body: Body,
): Promise<FastifyReply> {
  const { contentType, bytes } = body
  reply.header('Content-Type', contentType).header('Vary', 'Accept, Accept-Encoding')
  if (bytes.length < SMALL || !acceptsGzip(request.headers['accept-encoding'])) return reply.send(bytes)
  const compressed = await body.gzip()
  return reply.header('Content-Encoding', 'gzip').send(compressed)
}

/** Sends a text in the same way. */
export const sendText = (request: FastifyRequest, reply: FastifyReply, contentType: string, text: string) =>
  sendBody(request, reply, Body.of(contentType, text))

/** Sends a line of plain text: the answer of everything except the pages and metrics. */
export function sendLine(reply: FastifyReply, status: number, line: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${line}\n`)
}
