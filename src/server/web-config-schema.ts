import { z } from 'zod'
import { validateHeaderValue } from './http.ts'

/** The cipher suites by Go's names, as in the file, with OpenSSL's names: those that Go considers secure. */
export const CIPHER_SUITES = {
  TLS_AES_128_GCM_SHA256: 'TLS_AES_128_GCM_SHA256',
  TLS_AES_256_GCM_SHA384: 'TLS_AES_256_GCM_SHA384',
  TLS_CHACHA20_POLY1305_SHA256: 'TLS_CHACHA20_POLY1305_SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
} as const

export const CURVES = {
  X25519: 'X25519',
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
} as const

export const TLS_VERSIONS = { TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const

/** The headers that the file may set, with their allowed values if those are limited. */
const HEADERS: Record<string, readonly string[] | null> = {
  'Content-Security-Policy': null,
  'Strict-Transport-Security': null,
  'X-Content-Type-Options': ['nosniff'],
  'X-Frame-Options': ['deny', 'sameorigin'],
  'X-XSS-Protection': null,
}

const list = (names: readonly string[]) => names.map(name => JSON.stringify(name)).join(', ')

/** A mapping whose unknown keys are errors. */
function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: () => `expected a mapping of ${list(Object.keys(shape))}` })
}

/** One of several names. The error repeats the given value, so this is not for secrets. */
function oneOf<Names extends Record<string, string>>(names: Names, hint = '') {
  return z.enum(Object.keys(names) as (keyof Names & string)[], {
    error: ({ input }) => `expected one of ${list(Object.keys(names))}${hint}, got ${JSON.stringify(input)}`,
  })
}

const CLIENT_AUTH = {
  NoClientCert: 'NoClientCert',
  RequestClientCert: 'RequestClientCert',
  RequireAnyClientCert: 'RequireAnyClientCert',
  VerifyClientCertIfGiven: 'VerifyClientCertIfGiven',
  RequireAndVerifyClientCert: 'RequireAndVerifyClientCert',
} as const

export type ClientAuthType = keyof typeof CLIENT_AUTH

const tlsSchema = section({
  cert_file: z.string().min(1).optional(),
  key_file: z.string().min(1).optional(),
  client_ca_file: z.string().min(1).optional(),
  cert: z.string().min(1).optional(),
  key: z.string().min(1).optional(),
  client_ca: z.string().min(1).optional(),
  client_auth_type: oneOf(CLIENT_AUTH).default('NoClientCert'),
  client_allowed_sans: z.array(z.string().min(1)).min(1).optional(),
  min_version: oneOf(TLS_VERSIONS, ' (older versions are not secure)').default('TLS12'),
  max_version: oneOf(TLS_VERSIONS, ' (older versions are not secure)').default('TLS13'),
  cipher_suites: z.array(oneOf(CIPHER_SUITES)).min(1).optional(),
  curve_preferences: z.array(oneOf(CURVES)).min(1).optional(),
  prefer_server_cipher_suites: z.boolean().default(true),
}).superRefine((tls, context) => {
  const problem = (key: keyof typeof tls, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message })
  for (const key of ['cert', 'key', 'client_ca'] as const) {
    const file = `${key}_file` as const
    if (tls[key] !== undefined && tls[file] !== undefined)
      problem(key, `expected ${key} or ${file}, not both`)
    if (key !== 'client_ca' && tls[key] === undefined && tls[file] === undefined)
      problem(file, `expected ${file}, or ${key} with the PEM text itself`)
  }
  const auth = tls.client_auth_type
  const ca = tls.client_ca ?? tls.client_ca_file
  if (ca !== undefined && auth === 'NoClientCert')
    problem(
      'client_auth_type',
      'expected a type that uses the client CA, such as "RequireAndVerifyClientCert"',
    )
  if (ca === undefined && (auth === 'VerifyClientCertIfGiven' || auth === 'RequireAndVerifyClientCert'))
    problem('client_ca_file', `expected client_ca_file, which ${auth} verifies against`)
  if (tls.client_allowed_sans && auth !== 'RequireAnyClientCert' && auth !== 'RequireAndVerifyClientCert')
    problem('client_allowed_sans', 'expected client_auth_type RequireAndVerifyClientCert with it')
  if (tls.min_version > tls.max_version) problem('min_version', 'expected a version up to max_version')
})

const headersSchema = z.record(z.string(), z.string()).superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    const problem = (message: string) => context.addIssue({ code: 'custom', path: [name], message })
    if (!Object.hasOwn(HEADERS, name)) {
      problem(`this header cannot be configured; expected one of ${list(Object.keys(HEADERS))}`)
      continue
    }
    const allowed = HEADERS[name]
    if (allowed && value !== '' && !allowed.includes(value)) problem(`expected ${list(allowed)} or ""`)
    try {
      validateHeaderValue(name, value)
    } catch {
      problem('expected text without control characters')
    }
  }
})

const UNITS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 36e5 }

/** A duration in Go's format ("1s", "1m30s", "0"), in milliseconds. */
const goDuration = z
  .union([z.literal(0).transform(String), z.string()], { error: 'expected a duration, such as "100ms"' })
  .transform((text, context) => {
    if (text === '0') return 0
    if (/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text))
      return [...text.matchAll(/([\d.]+)(\D+)/g)].reduce(
        (sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit as string] as number),
        0,
      )
    context.addIssue({ code: 'custom', message: 'expected a duration, such as "100ms"' })
    return z.NEVER
  })

const rateLimitSchema = section({
  interval: goDuration.default(0),
  burst: z.int({ error: 'expected a whole number of requests' }).min(0).default(0),
}).refine(({ interval, burst }) => interval === 0 || burst > 0, {
  path: ['burst'],
  error: 'expected at least 1 with an interval: with 0 every request would be refused',
})

/** Revision, cost of 4 to 31, and 22 and 31 characters of salt and hash. */
const BCRYPT_HASH = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/

const usersSchema = z
  .record(z.string(), z.string({ error: 'expected a bcrypt hash in quotes' }))
  .superRefine((users, context) => {
    for (const [user, hash] of Object.entries(users)) {
      const problem = (message: string) => context.addIssue({ code: 'custom', path: [user], message })
      if (user === '' || user.includes(':')) problem('expected a user name that is not empty and has no ":"')
      if (!BCRYPT_HASH.test(hash))
        problem('expected a bcrypt hash, such as `htpasswd -nBC 10 "" | tr -d ":\\n"` prints')
    }
  })

/** The file of `--web.config.file`, in the format that exporters share (prometheus/exporter-toolkit). */
export const webConfigSchema = section({
  tls_server_config: tlsSchema.optional(),
  http_server_config: section({
    http2: z.boolean().optional(),
    headers: headersSchema.default({}),
  }).prefault({}),
  basic_auth_users: usersSchema.default({}),
  rate_limit: rateLimitSchema.prefault({}),
})

export type WebConfigInput = z.output<typeof webConfigSchema>
export type TlsInput = NonNullable<WebConfigInput['tls_server_config']>
