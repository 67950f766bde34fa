import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { alertEvent, reportEvent, reportTopic, testOutput } from 'mood-exporter/plugin/testing'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { expect, onTestFinished, test } from 'vitest'
import email from './index.ts'

const failure = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

/** A real SMTP server on loopback, and the mails that it took. */
async function smtpServer(options: SMTPServerOptions = {}) {
  const mails: { from: string; to: string[]; raw: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, { envelope }, callback) {
      text(stream).then(raw => {
        const { mailFrom, rcptTo } = envelope
        mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), raw })
        callback()
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

async function output(port: number, options: Record<string, unknown> = {}) {
  const base = {
    host: '127.0.0.1',
    port,
    tls: 'never',
    from: 'Mood <mood@example.org>',
    to: ['a@example.org', 'b@example.org'],
  }
  const made = await testOutput(email, { ...base, ...options } as never)
  onTestFinished(() => made.close())
  return made
}

/** The parts of a mail, decoded: RFC 2045, section 6. */
const bodiesOf = (raw: string): string[] =>
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
const header = (raw: string, name: string) =>
  new RegExp(`^${name}: (.*)$`, 'mi').exec(raw.replaceAll(/\r?\n[ \t]+/g, ' '))?.[1]

test('a report is a mail as text and as HTML, to everybody, that no absence is reported on', async () => {
  const { port, mails } = await smtpServer()
  const { write } = await output(port)
  const report = reportEvent({
    language: 'ko',
    topics: [
      reportTopic({ terms: [{ extractor: 'words', term: '<script>', posts: 3, score: null, before: null }] }),
    ],
  })
  expect(await write([report])).toMatchObject({ delivered: [report.key] })
  const [mail] = mails
  expect(mail).toMatchObject({ from: 'mood@example.org', to: ['a@example.org', 'b@example.org'] })
  const raw = mail?.raw as string
  expect(header(raw, 'Auto-Submitted')).toBe('auto-generated')
  expect(header(raw, 'Content-Type')).toContain('multipart/alternative')
  const bodies = bodiesOf(raw)
  expect(bodies[0]?.trim()).toBe(report.text)
  expect(bodies[1]).toContain('<html lang="ko">')
  expect(bodies[1]).toContain('&lt;script&gt; 3')
})

test('a mail that is sent again has the same id', async () => {
  const { port, mails } = await smtpServer()
  const { write } = await output(port)
  const [alert, other] = [alertEvent(), alertEvent()]
  for (const event of [alert, alert, other]) await write([event])
  const ids = mails.map(({ raw }) => header(raw, 'Message-ID'))
  expect(ids[0]).toMatch(/^<[0-9a-f]{32}@example\.org>$/)
  expect(ids).toEqual([ids[0], ids[0], expect.not.stringMatching(ids[0] as string)])
})

test.for([
  [451, { retried: 1, rejected: 0 }],
  [554, { retried: 0, rejected: 1 }],
] as const)('a server that answers %i has the mail kept, or given up', async ([code, expected]) => {
  const { port } = await smtpServer({ onMailFrom: (_, __, callback) => callback(failure(code, 'no')) })
  const { write } = await output(port)
  const { retried, rejected } = await write([alertEvent()])
  expect({ retried: retried.length, rejected: rejected.length }).toEqual(expected)
})

test('a recipient that is refused costs the others nothing', async () => {
  const { port, mails } = await smtpServer({
    onRcptTo: ({ address }, _, callback) =>
      callback(address.startsWith('a') ? failure(550, 'unknown') : null),
  })
  const { write } = await output(port)
  const alert = alertEvent()
  expect(await write([alert])).toMatchObject({ delivered: [alert.key] })
  expect(mails[0]?.to).toEqual(['b@example.org'])
})

test('the log-in is made, and one that is refused keeps the mail', async () => {
  const { port, mails } = await smtpServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _, callback) =>
      password === 'right' ? callback(null, { user: username }) : callback(new Error('no')),
  })
  const right = await output(port, { user: 'mood', password: 'right' })
  await right.write([alertEvent()])
  expect(mails).toHaveLength(1)
  const wrong = await output(port, { user: 'mood', password: 'wrong-one' })
  const alert = alertEvent()
  const outcome = await wrong.write([alert])
  expect(outcome).toMatchObject({ retried: [alert.key], retryAfter: 600_000 })
  expect((outcome.error as Error).message).not.toContain('wrong-one')
})

test('nothing is said to a server that cannot encrypt, unless that is wanted', async () => {
  const { port, mails } = await smtpServer()
  const { write } = await output(port, { tls: 'starttls' })
  const alert = alertEvent()
  expect(await write([alert])).toMatchObject({ delivered: [] })
  expect(mails).toEqual([])
})
