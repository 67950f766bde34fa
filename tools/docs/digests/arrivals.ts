import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import discord from '../../../plugins/outputs/discord/index.ts'
import email from '../../../plugins/outputs/email/index.ts'
import kakaotalk from '../../../plugins/outputs/kakaotalk/index.ts'
import slack from '../../../plugins/outputs/slack/index.ts'
import telegram from '../../../plugins/outputs/telegram/index.ts'
import webhook from '../../../plugins/outputs/webhook/index.ts'
import type { ReportEvent } from '../../../src/plugin/events/report.ts'
import { testOutput } from '../../../src/plugin/testing.ts'

/** The messages that arrived at each channel. */
export interface Arrivals {
  slack: { blocks: SlackBlock[] }[]
  discord: { content: string }[]
  telegram: { text: string }[]
  kakaotalk: { text: string }[]
  email: { subject: string; html: string }[]
  webhook: { events: ReportEvent[] }[]
}

export interface SlackBlock {
  type: string
  text?: { text: string }
  elements?: { text: string }[]
}

interface TestedOutput {
  write(events: ReportEvent[]): Promise<{ delivered: string[] }>
  close(): Promise<void>
}

/** Sends a report through the outputs to servers on loopback. @throws Error if one of them does not deliver it */
export async function arrivalsOf(report: ReportEvent): Promise<Arrivals> {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    response.setHeader('content-type', 'application/json')
    if (request.url?.startsWith('/oauth/token')) response.end('{"access_token":"a","expires_in":21599}')
    else {
      bodies.push(body)
      response.end('{"ok":true,"result_code":0}')
    }
  })
  const mails: string[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _, callback) =>
      void text(stream).then(mail => {
        mails.push(mail)
        callback()
      }, callback),
  })
  server.listen(0, '127.0.0.1')
  smtp.listen(0, '127.0.0.1')
  await Promise.all([once(server, 'listening'), once(smtp.server, 'listening')])
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { port } = smtp.server.address() as AddressInfo
  const sent = async (output: Promise<TestedOutput>): Promise<void> => {
    const { write, close } = await output
    const { delivered } = await write([report])
    await close()
    if (delivered.length === 0) throw new Error('the report was not delivered')
  }
  const bodiesOf = async (output: Promise<TestedOutput>): Promise<string[]> => {
    await sent(output)
    return bodies.splice(0)
  }
  const json = async (output: Promise<TestedOutput>) => (await bodiesOf(output)).map(body => JSON.parse(body))
  try {
    const kakao = { rest_api_key: 'a', refresh_token: 'b', api: url, auth: url }
    const mail = { host: '127.0.0.1', port, tls: 'never', from: 'mood@example.org', to: ['team@example.org'] }
    const arrivals = {
      slack: await json(testOutput(slack, { url })),
      discord: await json(testOutput(discord, { url })),
      webhook: await json(testOutput(webhook, { url })),
      telegram: await json(testOutput(telegram, { token: '1:a', chat: 1, api: url })),
      kakaotalk: (await bodiesOf(testOutput(kakaotalk, kakao))).map(body =>
        JSON.parse(new URLSearchParams(body).get('template_object') as string),
      ),
    }
    await sent(testOutput(email, mail as never))
    return {
      ...arrivals,
      email: mails.map(raw => ({ subject: report.title, html: htmlOf(raw).replaceAll('\r\n', '\n') })),
    }
  } finally {
    server.closeAllConnections()
    server.close()
    smtp.close()
  }
}

/** The HTML part of a mail: RFC 2045, section 6. */
function htmlOf(raw: string): string {
  const part = raw.split(/\r\n--[^\r\n]+\r\n/).find(each => /^content-type: text\/html/im.test(each)) ?? ''
  const [head = '', ...rest] = part.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  if (/^content-transfer-encoding: base64/im.test(head)) return Buffer.from(body, 'base64').toString()
  if (!/^content-transfer-encoding: quoted-printable/im.test(head)) return body
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
