import { z } from 'zod'
import { encodingNamed } from './text/encoding.ts'

const DURATION_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const SIZE_BYTES: Record<string, number> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

// These errors are final (`abort`): otherwise the checks of the enclosing mapping would run on unparsed text.

function withUnit(units: Record<string, number>, example: string) {
  const pattern = new RegExp(`^(\\d+(?:\\.\\d+)?)\\s*(${Object.keys(units).join('|')})$`)
  return z
    .string()
    .regex(pattern, {
      error: `expected a number with a unit (${Object.keys(units).join(', ')}), such as "${example}"`,
      abort: true,
    })
    .transform((text, context) => {
      const [, number, unit] = pattern.exec(text) as unknown as [string, string, string]
      const amount = Number(number) * (units[unit] as number)
      if (amount > Number.MAX_SAFE_INTEGER)
        context.addIssue({ code: 'custom', message: 'expected a smaller number' })
      return amount
    })
}

/** A duration with its unit, such as `10s`, `1.5m` or `250ms`. Parses to milliseconds. */
export const duration = () => withUnit(DURATION_MS, '10s')

/** A size with its unit, such as `64KiB` or `1MB`. Parses to whole bytes. */
export const size = () => withUnit(SIZE_BYTES, '64KiB').transform(Math.round)

/**
 * A password, token or key. It is never logged or shown. For every secret option `NAME`, `NAME_file` is the path of a
 * file to read it from instead.
 */
export const secret = () => z.string().min(1).meta({ secret: true })

/** The URL of a webhook, which is a secret, as everybody who knows it can post. */
export const webhookUrl = (example: string) =>
  secret().refine(url => /^https?:\/\//i.test(url) && URL.canParse(url), {
    error: `expected a URL such as "${example}"`,
  })

/** The encoding of text, such as `latin1` or `cp949`. Parses to its name in the Encoding Standard. */
export const encoding = () =>
  z
    .string()
    .refine(label => encodingNamed(label) !== undefined, {
      error: 'expected an encoding such as "utf-8", "cp949", "windows-1252" or "utf-16le"',
      abort: true,
    })
    .transform(label => encodingNamed(label) as string)

/** An address to listen on or connect to: `host:port`, `[v6]:port` or `:port`. Parses to host and port. */
export const address = () =>
  z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]/\s]*):\d{1,5}$/, {
      error: 'expected "host:port", such as "127.0.0.1:9999"',
      abort: true,
    })
    .transform((text, context) => {
      const at = text.lastIndexOf(':')
      const port = Number(text.slice(at + 1))
      if (port > 65_535)
        context.addIssue({ code: 'custom', message: `expected a port up to 65535, got ${port}` })
      return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port }
    })

const aboveZero = () => duration().refine(ms => ms > 0, { error: 'expected more than 0' })

/**
 * The option `backoff` of a source that reconnects: the waits of `ReconnectPolicy`. Parses to `{ initial, max,
 * healthyAfter }`, in milliseconds.
 */
export const backoffOption = ({ initial = '500ms', max = '30s' }: { initial?: string; max?: string } = {}) =>
  z
    .strictObject({
      initial: aboveZero().prefault(initial).describe('The longest wait after the first failure.'),
      max: aboveZero()
        .prefault(max)
        .describe(
          'The longest wait after further failures, unless the service asks for fewer requests or a longer wait.',
        ),
      healthy_after: duration()
        .optional()
        .describe(
          'How long a connection must last before waits start from `initial` again; by default `max`.',
        ),
    })
    .prefault({})
    .transform(({ initial, max, healthy_after: healthyAfter }) => ({ initial, max, healthyAfter }))
    .describe('Waits between attempts to connect: random ones, up to a bound that doubles each time.')
