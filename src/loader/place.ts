import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The exporter's own code: this folder's parent, `plugins` and the dependencies. */
const OWN = ['../', '../../plugins/', '../../node_modules/', '../../dist/'].map(path =>
  fileURLToPath(new URL(path, import.meta.url)),
)

/** A frame of a stack trace: `at call (file:///x/y.ts:12:5)` or `at /x/y.ts:12:5`. */
const FRAME = /^\s*at (?:.*\()?(.+?):(\d+):(\d+)\)?$/

const DEPENDENCY = `${sep}node_modules${sep}`

/**
 * The place in a user's plugin where an error was thrown, as `./slang.ts:12:5`: the innermost frame within the
 * plugin's files, and not in its dependencies. Undefined if the error has no stack, or no such frame. Never throws.
 *
 * @param baseDir the folder of the configuration: files in it are shown relative to it
 */
export function placeOf(error: unknown, baseDir: string): string | undefined {
  try {
    const places = framesOf(error).filter(({ path }) => !OWN.some(own => path.startsWith(own)))
    const place = places.find(({ path }) => !path.includes(DEPENDENCY)) ?? places[0]
    return place && `${shownPath(place.path, baseDir)}:${place.line}:${place.column}`
  } catch {
    // A thrown value may have a getter for its stack.
    return undefined
  }
}

/** A message with the place of its error, if there is one. */
export function withPlace(message: string, error: unknown, baseDir: string): string {
  const place = placeOf(error, baseDir)
  return place === undefined ? message : `${message} (${place})`
}

function framesOf(error: unknown): { path: string; line: string; column: string }[] {
  const { stack } = (error ?? {}) as { stack?: unknown }
  if (typeof stack !== 'string') return []
  return stack.split('\n').flatMap(text => {
    const [, file = '', line = '', column = ''] = FRAME.exec(text) ?? []
    const path = file.replace(/^async /, '')
    if (path.startsWith('file:')) return [{ path: fileURLToPath(path.replace(/\?.*/, '')), line, column }]
    return path.startsWith('/') ? [{ path, line, column }] : []
  })
}

function shownPath(path: string, baseDir: string): string {
  const inside = relative(baseDir, path)
  return inside.startsWith('..') ? path : `./${inside}`
}
