import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../plugin/message-of.ts'
import { withPlace } from './place.ts'

/** File extensions that Node.js runs, in the order in which they are suggested. */
const ENDINGS = ['.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.json']

/** Why a plugin's module could not be imported, where in its code, and a hint for the usual mistakes. */
export function importFailure(error: unknown, baseDir: string): string {
  const message = messageOf(error)
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_UNSUPPORTED_DIR_IMPORT')
    return message + endingHint(message)
  if (!(error instanceof SyntaxError)) return withPlace(message, error, baseDir)
  // For a syntax error, the first line of the stack is the place.
  const where = ` (${error.stack?.split('\n')[0]})`
  const [, missing] = /does not provide an export named '(\w+)'/.exec(message) ?? []
  if (missing === undefined) return message + where
  return `${message}${where}: correct the name or, if ${missing} is a type, import it with \`import type\``
}

/**
 * A hint for a path without a file, if there is one with another extension: `./words` or `./words.js` for
 * `./words.ts`.
 */
function endingHint(message: string): string {
  const [, missing = '', importer = ''] = /'([^']+)'.* imported from (.+)$/s.exec(message) ?? []
  if (!missing.startsWith('/') && !missing.startsWith('file:')) return ''
  return endingHintFor(missing.startsWith('file:') ? fileURLToPath(missing) : missing, dirname(importer))
}

/**
 * The same for the absolute path.
 * @param from the folder from which the suggested path starts, if the file is in it
 */
export function endingHintFor(path: string, from: string): string {
  const stem = path.replace(/\.[cm]?js$/, '')
  const found = [
    ...ENDINGS.map(ending => stem + ending),
    ...ENDINGS.map(ending => `${path}/index${ending}`),
  ].find(file => existsSync(file))
  if (found === undefined) return ''
  const folder = `${resolve(from)}/`
  return `: write the file's ending, "${found.startsWith(folder) ? `./${found.slice(folder.length)}` : found}"`
}
