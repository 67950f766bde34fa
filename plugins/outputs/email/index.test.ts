import { alertEvent, reportEvent, reportTopic, testOutput } from 'mood-exporter/plugin/testing'
import { expect, onTestFinished, test } from 'vitest'
import email from './index.ts'
import { bodiesOf, header, smtpServer } from './testing-smtp.ts'

const failure = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

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

test('a report is a mail as text and HTML to all recipients, and suppresses automatic replies', async () => {
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

test('a repeated mail has the same id', async () => {
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
] as const)('after a reply of %i the mail is kept or dropped', async ([code, expected]) => {
  const { port } = await smtpServer({ onMailFrom: (_, __, callback) => callback(failure(code, 'no')) })
  const { write } = await output(port)
  const { retried, rejected } = await write([alertEvent()])
  expect({ retried: retried.length, rejected: rejected.length }).toEqual(expected)
})

test('a rejected recipient does not affect the others', async () => {
  const { port, mails } = await smtpServer({
    onRcptTo: ({ address }, _, callback) =>
      callback(address.startsWith('a') ? failure(550, 'unknown') : null),
  })
  const { write } = await output(port)
  const alert = alertEvent()
  expect(await write([alert])).toMatchObject({ delivered: [alert.key] })
  expect(mails[0]?.to).toEqual(['b@example.org'])
})

test('logs in, and keeps the mail if the log-in is rejected', async () => {
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

test('sends nothing to a server that cannot encrypt, unless configured', async () => {
  const { port, mails } = await smtpServer()
  const { write } = await output(port, { tls: 'starttls' })
  const alert = alertEvent()
  expect(await write([alert])).toMatchObject({ delivered: [] })
  expect(mails).toEqual([])
})
