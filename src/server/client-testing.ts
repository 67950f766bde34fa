import { type IncomingHttpHeaders, request as plain } from 'node:http'
import { type RequestOptions, request as secure } from 'node:https'
import { connect } from 'node:net'
import type { ServerLog } from './log.ts'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  text: string
}

/** Sends a request on its own connection, with certificates etc. as for `https.request`. */
export function ask(url: string, options: RequestOptions & { body?: string } = {}): Promise<Answer> {
  const { body: sent, ...rest } = options
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https') ? secure : plain)(url, { agent: false, ...rest }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const body = Buffer.concat(chunks)
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body,
          text: body.toString('utf8'),
        })
      })
    })
    request.on('error', reject)
    request.end(sent)
  })
}

/** The Authorization header of a user with a password. */
export const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** Sends raw bytes, and returns the answer up to the server's close. The client closes after `quietMs`. */
export function sendRaw(address: string, bytes: string | Buffer, quietMs = 250): Promise<string> {
  const { hostname, port } = new URL(address)
  return new Promise(resolve => {
    let got = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setTimeout(quietMs, () => socket.destroy())
    socket.on('data', chunk => {
      got += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(got))
  })
}

/** A log that stores its lines as "level message". */
export function keptLog(): ServerLog & { lines: string[] } {
  const lines: string[] = []
  const at =
    (level: string) =>
    (fields: { err?: Error }, message: string): void => {
      lines.push([level, message, fields.err?.message].filter(Boolean).join(' '))
    }
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  } as unknown as ServerLog & { lines: string[] }
}
