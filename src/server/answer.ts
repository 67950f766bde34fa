import type { FastifyReply, FastifyRequest } from 'fastify'
import { Body } from '../metrics/body.ts'
import type { ExpositionFormat } from '../metrics/text-format.ts'

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

/** One entry of an Accept or Accept-Encoding header. */
interface Preference {
  /** The value in lower case, without parameters: "text/plain", "gzip", "*". */
  value: string
  version: string | undefined
  /** 0 (refused) to 1. */
  quality: number
}

const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/** Parses a header of preferences (RFC 9110, section 12.4). An entry with an invalid `q` counts as refused. */
function preferences(header: string): Preference[] {
  return header.split(',').map(entry => {
    const [value = '', ...parameters] = entry.split(';').map(part => part.trim().toLowerCase())
    let version: string | undefined
    let quality = 1
    for (const parameter of parameters) {
      if (parameter.startsWith('q='))
        quality = QUALITY.test(parameter.slice(2)) ? Number(parameter.slice(2)) : 0
      else if (parameter.startsWith('version=')) version = parameter.slice(8).replaceAll('"', '')
    }
    return { value, version, quality }
  })
}

const highest = (found: Preference[]) => Math.max(0, ...found.map(({ quality }) => quality))

/**
 * The format for a client's Accept header. OpenMetrics is for clients that name it: a browser or curl gets the text
 * format, and so does a client that accepts neither.
 */
export function metricsFormat(accept: string | undefined): ExpositionFormat {
  if (!accept?.toLowerCase().includes('openmetrics')) return 'text'
  const all = preferences(accept)
  const openmetrics = all.filter(
    ({ value, version }) =>
      value === 'application/openmetrics-text' &&
      (version === undefined || version === '1.0.0' || version === '0.0.1'),
  )
  const named = all.filter(
    ({ value, version }) => value === 'text/plain' && (version === undefined || version === '0.0.4'),
  )
  const text = named.length > 0 ? named : all.filter(({ value }) => value === 'text/*' || value === '*/*')
  const quality = highest(openmetrics)
  return quality > 0 && quality >= highest(text) ? 'openmetrics' : 'text'
}

/** Whether a client's Accept-Encoding header accepts gzip. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  if (!acceptEncoding) return false
  const all = preferences(acceptEncoding)
  const named = all.filter(({ value }) => value === 'gzip' || value === 'x-gzip')
  return highest(named.length > 0 ? named : all.filter(({ value }) => value === '*')) > 0
}
