import { backoffOption, duration, encoding, pointer, secret, size, z } from 'mood-exporter/plugin'

const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'expected the name of a header' })
const headerValue = () => secret().regex(/^[\t\x20-\x7e]*$/, { error: 'expected printable ASCII characters' })

const parameter = z.string().min(1).max(100)

export const options = z
  .object({
    url: secret()
      .refine(isUrl, { error: 'expected a URL such as "https://example.com/feed.xml", without a password' })
      .describe(
        'The URL to fetch. Only its host is shown, since a URL may contain a key. `{yyyy}`, `{mm}` and `{dd}` stand for a date (UTC).',
      ),
    ago: duration().prefault('0s').describe('How far back the date in the URL is: `1d` for yesterday.'),
    every: duration()
      .refine(ms => ms >= 1000, { error: 'expected at least 1s' })
      .prefault('10m')
      .describe('The interval between polls.'),
    token: headerValue().optional().describe('Sent as `Authorization: Bearer TOKEN`.'),
    headers: z.record(headerName, headerValue()).default({}).describe('Further headers of each request.'),
    contact: z
      .string()
      .regex(/^[\x21-\x7e]{3,200}$/, { error: 'expected an address or a URL without spaces' })
      .optional()
      .describe(
        'The contact of the operator: an address or a URL for the `User-Agent`. Some services require one.',
      ),
    since: z
      .strictObject({
        from: pointer().describe(
          'The place of the newest id or time in a response, as a JSON pointer, such as `/0/id`.',
        ),
        parameter: parameter.describe('The URL parameter that requests newer items.'),
        value: z
          .string()
          .refine(text => text.includes('{}'), { error: 'expected "{}" where the id or time goes' })
          .default('{}')
          .describe('Its value, with `{}` in the place of the id or time.'),
      })
      .optional()
      .describe('Requests only what is newer than the last poll, if the service has a parameter for that.'),
    pages: z
      .strictObject({
        link: z
          .enum(['next', 'prev'])
          .optional()
          .describe(
            'Follows the `Link` header with this relation: `next` to older pages, `prev` to newer ones, as Mastodon has it.',
          ),
        from: pointer()
          .optional()
          .describe(
            'The place of the next page in a response, as a JSON pointer: its URL, or the value of `parameter`.',
          ),
        parameter: parameter
          .optional()
          .describe('The URL parameter that takes the value found there; without it, the value is a URL.'),
        max: z.int().min(1).max(1000).default(10).describe('The maximum number of pages in one poll.'),
      })
      .refine(({ link, from }) => (link === undefined) !== (from === undefined), {
        path: ['link'],
        error: 'expected either `link` or `from`',
      })
      .optional()
      .describe('Follows further pages; by default only the first.'),
    requests_per_day: z
      .int()
      .min(1)
      .optional()
      .describe(
        'The maximum number of requests in a day (UTC), pages included. With a `state` directory it is kept over restarts.',
      ),
    encoding: encoding()
      .optional()
      .describe('The encoding of responses that declare none; by default UTF-8.'),
    max_body: size().prefault('16MiB').describe('The maximum size of a response, decompressed.'),
    timeout: duration().prefault('30s').describe('How long a request may take.'),
    backoff: backoffOption({ initial: '5s', max: '10m' }),
  })
  .refine(({ token, headers }) => token === undefined || !hasAuthorization(headers), {
    path: ['token'],
    error: 'expected no `authorization` among `headers` beside it',
  })

export type PollOptions = z.output<typeof options>

export const hasAuthorization = (headers: Readonly<Record<string, string>>): boolean =>
  Object.keys(headers).some(name => /^(authorization|cookie|x-api-key)$/i.test(name))

function isUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { username, password } = new URL(text)
  return username === '' && password === ''
}
