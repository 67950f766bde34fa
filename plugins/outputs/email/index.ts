import { createHash } from 'node:crypto'
import {
  type AlertEvent,
  alertText,
  DeliveryError,
  defineOutput,
  HTML,
  messageOf,
  type ReportEvent,
  reportText,
  secret,
  z,
} from 'mood-exporter/plugin'
import { createTransport, type SendMailOptions } from 'nodemailer'

/** The wait after a rejected login; milliseconds. */
const MENDED_MS = 10 * 60_000

const address = () =>
  z.string().regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, {
    error: 'expected an address such as "Mood <mood@example.org>"',
  })

/**
 * Reports and alerts by e-mail, through nodemailer.
 *
 * @see https://nodemailer.com/smtp/ options of the connection, and `responseCode` of errors
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1 replies 4xx are temporary, 5xx permanent
 * @see https://www.rfc-editor.org/rfc/rfc3834#section-5 `Auto-Submitted`, against automatic replies
 */
export default defineOutput({
  name: 'email',
  description: 'Sends reports and alerts by e-mail.',
  takes: ['reports', 'alerts'],
  batch: 1,
  options: z.object({
    host: z.string().min(1).describe('The SMTP server.'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('Its port; by default 465 with `tls: always`, otherwise 587.'),
    tls: z
      .enum(['always', 'starttls', 'never'])
      .default('starttls')
      .describe(
        '`always` from the first byte, `starttls` before any command, or `never`: only on this machine.',
      ),
    user: z.string().optional().describe('User to log in as; by default without a log-in.'),
    password: secret().optional().describe('The password of the user.'),
    from: address().describe('The sender.'),
    to: z.array(address()).min(1).max(50).describe('The recipients.'),
  }),
  create({ host, port, tls, user, password, from, to }, { signal }) {
    const transport = createTransport({
      host,
      port: port ?? (tls === 'always' ? 465 : 587),
      secure: tls === 'always',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'never',
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
      // A message contains text from posts: it must not read files or fetch URLs.
      disableFileAccess: true,
      disableUrlAccess: true,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 20_000,
    })
    signal.addEventListener('abort', () => transport.close())
    return {
      async write([event], { signal }) {
        if (!event) return
        try {
          const sent = await transport.sendMail(mailOf(event, from, to))
          if (sent.rejected.length > 0 && sent.accepted.length === 0)
            throw new DeliveryError('every recipient was refused', { permanent: true })
        } catch (error) {
          signal.throwIfAborted()
          if (error instanceof DeliveryError) throw error
          const { code, responseCode = 0 } = error as { code?: string; responseCode?: number }
          const message = `the mail was not taken: ${messageOf(error)}`
          if (code === 'EAUTH') throw new DeliveryError(message, { retryAfter: MENDED_MS, cause: error })
          throw new DeliveryError(message, { permanent: responseCode >= 500, cause: error })
        }
      },
      close: () => transport.close(),
    }
  },
})

function mailOf(event: ReportEvent | AlertEvent, from: string, to: string[]): SendMailOptions {
  const html = event.kind === 'report' ? reportText(event, HTML) : alertText(event, HTML)
  const domain = /@([^\s>]+)>?$/.exec(from)?.[1] ?? 'localhost'
  const id = createHash('sha256').update(event.key).digest('hex').slice(0, 32)
  return {
    from,
    to,
    subject: event.title,
    text: event.text,
    html: `<!doctype html><html lang="${event.kind === 'report' ? event.language : 'en'}"><body>${html}</body></html>`,
    // Stays the same when the message is sent again, so that mailboxes can detect the duplicate.
    messageId: `<${id}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Mood-Key': event.key },
  }
}
