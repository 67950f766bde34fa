import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { BaseOptions, SASLOptions } from '@platformatic/kafka'
import { address, crossesInTheClear, messageOf, readRegularFile, secret, z } from 'mood-exporter/plugin'
import { oauthTokens } from './oauth-token.ts'

/** How long a connection, and a request over it, may take, in milliseconds. */
const CONNECT_MS = 5000
const REQUEST_MS = 15_000

/** How long cached metadata of topics and their leaders is used, in milliseconds. */
const METADATA_MS = 60_000

const saslOptions = z.strictObject({
  mechanism: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'])
    .describe('`oauthbearer` takes a `token` or a `token_endpoint`, the others `username` and `password`.'),
  username: z.string().min(1).optional().describe('The user to log in as.'),
  password: secret().optional().describe('The password of the user.'),
  token: secret()
    .optional()
    .describe('The token for `oauthbearer`, if it is valid for as long as the exporter runs.'),
  token_endpoint: z
    .url({ protocol: /^https?$/ })
    .refine(url => !crossesInTheClear(url), {
      error: 'expected an `https` address: a secret is sent there',
      abort: true,
    })
    .optional()
    .describe('Where tokens for `oauthbearer` are requested, with client credentials (OAuth 2.0).'),
  client_id: z.string().min(1).optional().describe('The client id for tokens.'),
  client_secret: secret().optional().describe('The client secret for tokens.'),
  scope: z.string().min(1).optional().describe('The scope of the tokens, as the server names it.'),
})

type Login = z.output<typeof saslOptions>

/** Options of a connection to Kafka: the same for sources and outputs. */
export const connectionOptions = {
  brokers: z
    .array(address())
    .min(1)
    .describe('Brokers from which the others are discovered, such as `[kafka-1:9092, kafka-2:9092]`.'),
  client_id: z
    .string()
    .min(1)
    .default('mood-exporter')
    .describe('The name in the logs and quotas of brokers.'),
  tls: z.boolean().default(false).describe('Whether to connect by TLS. The certificate must be valid.'),
  tls_ca: z
    .string()
    .min(1)
    .optional()
    .describe('A file with the certificates (PEM) to trust instead of the usual ones.'),
  tls_cert: z.string().min(1).optional().describe('A file with the certificate (PEM) to present to brokers.'),
  tls_key: z.string().min(1).optional().describe('The file with its private key (PEM).'),
  sasl: saslOptions.superRefine(checkLogin).optional().describe('How to log in, if brokers require it.'),
}

/** Checks the combination of login options. */
function checkLogin(login: Login, context: z.RefinementCtx): void {
  const addProblem = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message })
  const { mechanism, username, password, token, token_endpoint, client_id, client_secret, scope } = login
  if (mechanism !== 'oauthbearer') {
    for (const [key, value] of Object.entries({ token, token_endpoint, client_id, client_secret, scope }))
      if (value !== undefined) addProblem(key, 'goes with `mechanism: oauthbearer`, and with no other')
    if (username === undefined || password === undefined)
      addProblem('username', 'expected `username` and `password` (or `password_file`)')
    return
  }
  if ((token === undefined) === (token_endpoint === undefined))
    addProblem('token', 'expected either `token` (or `token_file`) or `token_endpoint`')
  for (const [key, value] of Object.entries({ client_id, client_secret }))
    if ((value === undefined) !== (token_endpoint === undefined))
      addProblem(
        key,
        '`token_endpoint`, `client_id` and `client_secret` (or `client_secret_file`) belong together',
      )
  if (scope !== undefined && token_endpoint === undefined) addProblem('scope', 'goes with `token_endpoint`')
}

const connection = z.object(connectionOptions)
type Connection = z.output<typeof connection>

/** Checks the combination of options; for `superRefine` of options that include {@link connectionOptions}. */
export function checkConnection(
  { tls, tls_ca, tls_cert, tls_key }: Partial<Connection>,
  context: z.RefinementCtx,
): void {
  const addProblem = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message })
  for (const [key, value] of Object.entries({ tls_ca, tls_cert, tls_key }))
    if (value !== undefined && !tls) addProblem(key, 'needs `tls: true`')
  if ((tls_cert === undefined) !== (tls_key === undefined))
    addProblem('tls_cert', '`tls_cert` and `tls_key` belong together')
}

/**
 * The options for clients of the library.
 *
 * @throws Error if a file cannot be read: its message names the option
 */
export async function clientOptions(options: Connection, baseDir: string): Promise<BaseOptions> {
  const { brokers, client_id, tls, tls_ca, tls_cert, tls_key, sasl } = options
  const pem = (key: string, path: string | undefined) => {
    if (path === undefined) return undefined
    try {
      return readRegularFile(resolve(baseDir, path)).toString()
    } catch (error) {
      throw new Error(`${key}: cannot be read: ${messageOf(error)}`, { cause: error })
    }
  }
  const [ca, cert, key] = [pem('tls_ca', tls_ca), pem('tls_cert', tls_cert), pem('tls_key', tls_key)]
  return {
    clientId: client_id,
    bootstrapBrokers: brokers.map(({ host, port }) => ({ host: host || 'localhost', port })),
    connectTimeout: CONNECT_MS,
    timeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    metadataMaxAge: METADATA_MS,
    autocreateTopics: false,
    ...(tls
      ? {
          tls: { ...(ca && { ca }), ...(cert && key && { cert, key }) },
          // It distinguishes brokers behind one address; an IP address is not allowed here.
          tlsServerName: brokers.every(({ host }) => isIP(host) === 0),
        }
      : {}),
    ...(sasl ? { sasl: login(sasl) } : {}),
  }
}

function login(sasl: Login): SASLOptions {
  const { mechanism, username, password, token, token_endpoint, client_id, client_secret, scope } = sasl
  const name = mechanism.toUpperCase() as SASLOptions['mechanism']
  if (token !== undefined) return { mechanism: name, token }
  // The library asks for a token with each connection, and again before it expires.
  if (token_endpoint !== undefined)
    return {
      mechanism: name,
      token: oauthTokens({
        endpoint: token_endpoint,
        id: client_id as string,
        secret: client_secret as string,
        scope,
      }),
    }
  return { mechanism: name, username: username as string, password: password as string }
}
