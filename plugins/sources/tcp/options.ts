import {
  address,
  backoffOption,
  duration,
  encoding,
  isLoopback,
  secret,
  TOKEN_REQUIRED,
  z,
} from 'mood-exporter/plugin'

export const options = z
  .object({
    connect: address()
      .optional()
      .describe('The address to connect to, such as `127.0.0.1:9999`. Either this or `listen`.'),
    listen: address()
      .optional()
      .describe('The address to listen on, such as `127.0.0.1:9999`. Either this or `connect`.'),
    token: secret()
      .regex(/^[\x21-\x7e]{1,1024}$/, { error: 'expected up to 1024 ASCII characters without white space' })
      .optional()
      .describe(
        'The token that each client sends in its first line, `AUTH TOKEN`. Required unless `listen` is loopback.',
      ),
    max_connections: z
      .int()
      .min(1)
      .max(10_000)
      .default(64)
      .describe('Concurrent connections when listening; further ones are refused.'),
    idle_timeout: duration()
      .optional()
      .describe(
        'How long a connection may be silent before it is closed; 5m when listening, for ever when connecting.',
      ),
    connect_timeout: duration().prefault('10s').describe('How long an attempt to connect may take.'),
    backoff: backoffOption(),
    encoding: encoding()
      .optional()
      .describe(
        'The encoding of the text, such as `cp949` or `latin1`; by default UTF-8. A byte order mark takes precedence.',
      ),
    tls: z.boolean().default(false).describe('Whether to connect by TLS. The certificate must be valid.'),
    tls_ca: z
      .string()
      .min(1)
      .optional()
      .describe('A file with the certificates (PEM) to trust instead of the usual ones.'),
  })
  .refine(({ connect, listen }) => (connect === undefined) !== (listen === undefined), {
    path: ['connect'],
    error: 'expected either `connect` or `listen`, such as `connect: 127.0.0.1:9999`',
  })
  .refine(({ listen, token }) => listen === undefined || token !== undefined || isLoopback(listen.host), {
    path: ['token'],
    error: TOKEN_REQUIRED,
  })
  .refine(({ connect, token }) => connect === undefined || token === undefined, {
    path: ['token'],
    error: 'only for `listen`: it is what clients send',
  })
  .refine(({ listen, tls, tls_ca }) => listen === undefined || !(tls || tls_ca), {
    path: ['tls'],
    error: 'only for `connect`; put a proxy that speaks TLS before `listen`',
  })
  .refine(({ tls, tls_ca }) => tls || tls_ca === undefined, {
    path: ['tls_ca'],
    error: 'needs `tls: true`',
  })

export type TcpOptions = z.output<typeof options>
