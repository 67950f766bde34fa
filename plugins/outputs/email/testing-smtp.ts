import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'

/** A mail as it came. */
export interface Mail {
  from: string
  to: string[]
  raw: string
}

/**
 * A real SMTP server on loopback until the test has finished, and the mails that it was sent.
 *
 * @param isAnswered whether a mail that has come whole is acknowledged
 */
export async function smtpServer(options: SMTPServerOptions = {}, isAnswered = () => true) {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, callback) {
      text(stream).then(raw => {
        const { mailFrom, rcptTo } = envelope
        mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), raw })
        if (isAnswered()) callback()
      }, callback)
    },
    ...options,
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  onTestFinished(() => new Promise<void>(resolve => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return { port, mails }
}

/** The parts of a mail, decoded: RFC 2045, section 6. */
export const bodiesOf = (raw: string): string[] =>
  raw.split(/\r\n--.*\r\n/).flatMap(part => {
    const [head = '', ...rest] = part.split('\r\n\r\n')
    const body = rest.join('\r\n\r\n')
    const encoding = header(head, 'Content-Transfer-Encoding')
    if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
    if (encoding !== 'quoted-printable') return encoding === undefined ? [] : body
    const bytes = body
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    return Buffer.from(bytes, 'latin1').toString()
  })

/** The header of a mail, its lines unfolded. */
export const header = (raw: string, name: string) =>
  new RegExp(`^${name}: (.*)$`, 'mi').exec(raw.replaceAll(/\r?\n[ \t]+/g, ' '))?.[1]
