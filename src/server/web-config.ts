import { dirname, resolve } from 'node:path'
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { type ErrorCode, errorText } from '../catalogue/errors.ts'
import { expectation } from '../config/issues.ts'
import { byPlace, ConfigError, formatPath, type Problem } from '../config/problem.ts'
import { reason } from '../config/read-file.ts'
import { knownKeys } from '../config/schema-walk.ts'
import { unknownKey } from '../config/suggest.ts'
import { FilesRead } from './files-read.ts'
import { readTls, TlsProblem, type TlsSettings } from './tls.ts'
import { webConfigSchema } from './web-config-schema.ts'
import type { WebSettings } from './web-settings.ts'

/**
 * Reads the file of `--web.config.file` and the certificates it names.
 * @param files records what was read, even if this throws
 * @throws {ConfigError} ERR_WEB_CONFIG_UNREADABLE or ERR_WEB_CONFIG_INVALID, with a problem for each that was found:
 *   file, line, key and what was expected; never with a secret
 */
export function readWebConfig(file: string, files = new FilesRead()): WebSettings {
  const path = resolve(file)
  const whole = { file, line: 0, column: 0, path: '' }
  const fail = (message: string, line = 0, code: ErrorCode = 'ERR_WEB_CONFIG_INVALID'): never => {
    throw new ConfigError([{ ...whole, line, message, code }])
  }
  let text = ''
  try {
    text = files.read(path)
  } catch (error) {
    const code = 'ERR_WEB_CONFIG_UNREADABLE'
    fail(errorText(code, { reason: reason(error) }), 0, code)
  }

  const lines = new LineCounter()
  // Without prettyErrors, which quote the line: it may contain a password hash or a key.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const [broken] = document.errors
  if (broken) fail(`is not valid YAML: ${broken.message}`, lines.linePos(broken.pos[0]).line)

  const problemAt = (keys: readonly PropertyKey[], message: string): Problem => {
    const { line, col: column } = lines.linePos(offsetOf(document, keys))
    const path = formatPath(keys.map(key => (typeof key === 'number' ? key : String(key))))
    return { file, line, column, path, message, code: 'ERR_WEB_CONFIG_INVALID' }
  }
  let plain: unknown
  try {
    plain = document.toJS() ?? {}
  } catch (error) {
    fail(`is not valid YAML: ${(error as Error).message}`)
  }
  const parsed = webConfigSchema.safeParse(plain, { error: expectation })
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap(issue => {
      if (issue.code !== 'unrecognized_keys') return problemAt(issue.path, issue.message)
      const known = knownKeys(webConfigSchema, issue.path)
      return issue.keys.map(key => problemAt([...issue.path, key], unknownKey(key, known)))
    })
    throw new ConfigError(problems.sort(byPlace))
  }

  const { tls_server_config, http_server_config, basic_auth_users, rate_limit } = parsed.data
  let tls: TlsSettings | null = null
  try {
    tls = tls_server_config ? readTls(tls_server_config, dirname(path), files) : null
  } catch (error) {
    if (!(error instanceof TlsProblem)) throw error
    throw new ConfigError([problemAt(['tls_server_config', error.key], error.message)])
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

/** The offset of the key or list item at a path, or of its nearest existing parent. */
function offsetOf(document: Document.Parsed, keys: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let found = node
  for (const key of keys) {
    if (isMap(node)) {
      const pair = node.items.find(({ key: name }) => isScalar(name) && String(name.value) === String(key))
      found = pair?.key ?? found
      node = pair?.value
    } else if (isSeq(node)) {
      node = node.items[Number(key)]
      found = node ?? found
    } else break
  }
  return (found as Node | null)?.range?.[0] ?? 0
}
