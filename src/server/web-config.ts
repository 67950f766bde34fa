import { basename, dirname, resolve } from 'node:path'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { createError } from '../catalogue/errors.ts'
import { expectation } from '../config/issues.ts'
import { FilesRead } from './files-read.ts'
import { readTls, TlsProblem, type TlsSettings } from './tls.ts'
import { webConfigSchema } from './web-config-schema.ts'
import type { WebSettings } from './web-settings.ts'

/**
 * Reads the file of `--web.config.file` and the certificates it names.
 * @param files records what was read, even if this throws
 * @throws {MoodError} ERR_WEB_CONFIG_UNREADABLE or ERR_WEB_CONFIG_INVALID, with file, line, key and what was
 *   expected; never with a secret
 */
export function readWebConfig(file: string, files = new FilesRead()): WebSettings {
  const path = resolve(file)
  const fail = (where: string, message: string): never => {
    throw createError('ERR_WEB_CONFIG_INVALID', { problem: `${basename(path)}${where} ${message}` })
  }
  let text: string
  try {
    text = files.read(path)
  } catch (error) {
    const reason = String((error as NodeJS.ErrnoException).code)
    throw createError('ERR_WEB_CONFIG_UNREADABLE', { path, reason }, { cause: error })
  }

  const lines = new LineCounter()
  // Without prettyErrors, which quote the line: it may contain a password hash or a key.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const [broken] = document.errors
  if (broken) fail(`:${lines.linePos(broken.pos[0]).line}`, `is not valid YAML: ${broken.message}`)

  const lineOf = (keys: readonly PropertyKey[]): string => {
    for (let depth = keys.length; depth > 0; depth--) {
      const node = document.getIn(keys.slice(0, depth), true)
      if (isNode(node) && node.range) return `:${lines.linePos(node.range[0]).line}`
    }
    return ''
  }
  let plain: unknown
  try {
    plain = document.toJS() ?? {}
  } catch (error) {
    fail('', `is not valid YAML: ${(error as Error).message}`)
  }
  const parsed = webConfigSchema.safeParse(plain, { error: expectation })
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path: keys, message }) =>
      [`${basename(path)}${lineOf(keys)}`, keys.length > 0 ? `${keys.map(String).join('.')}:` : '', message]
        .filter(Boolean)
        .join(' '),
    )
    throw createError('ERR_WEB_CONFIG_INVALID', { problem: problems.join('; ') })
  }

  const { tls_server_config, http_server_config, basic_auth_users, rate_limit } = parsed.data
  let tls: TlsSettings | null = null
  try {
    tls = tls_server_config ? readTls(tls_server_config, dirname(path), files) : null
  } catch (error) {
    if (!(error instanceof TlsProblem)) throw error
    const keys = ['tls_server_config', error.key]
    fail(lineOf(keys), `${keys.join('.')}: ${error.message}`)
  }
  return {
    tls,
    users: new Map(Object.entries(basic_auth_users)),
    headers: new Map(Object.entries(http_server_config.headers)),
    namesUsers: typeof plain === 'object' && plain !== null && 'basic_auth_users' in plain,
    rateLimit: rate_limit.interval > 0 ? { intervalMs: rate_limit.interval, burst: rate_limit.burst } : null,
    notes: [
      ...(http_server_config.http2
        ? ['http_server_config.http2: HTTP/1.1 is served; clients that offer HTTP/2 fall back to it']
        : []),
      ...(tls?.notes ?? []),
    ],
  }
}
