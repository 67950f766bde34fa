// Lets Node.js run the TypeScript of a checkout without stripping its types in every thread: that takes half a second
// and 25 MB of each. What is stripped once is kept below node_modules/.cache, and read from there as long as the source
// has the time and the size that it had. (The compile cache of Node.js does that too, but each thread keeps all that it
// read from it in memory: 50 MB of an exporter that has nothing to do.)
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import module from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../node_modules/.cache/mood-exporter/types/', import.meta.url))
const STRIP = fileURLToPath(new URL('strip.mjs', import.meta.url))

/** Where the JavaScript of a source is kept as the source is now. Undefined where it cannot be read. */
export function keptAt(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat?.isFile()) return undefined
  const name = `${basename(path)}-${hashOf(path).toString(36)}-${stat.mtimeMs.toString(36)}-${stat.size.toString(36)}`
  return join(CACHE, process.version, `${name}.js`)
}

/** FNV-1a, of 52 bits: enough to tell the paths of one checkout. */
function hashOf(text) {
  let low = 0x811c9dc5
  let high = 0x9dc5811c
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193)
    high = Math.imul(high ^ text.charCodeAt(text.length - 1 - i), 0x01000193)
  }
  return (low >>> 0) + (high & 0xfffff) * 2 ** 32
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The JavaScript of a source. Undefined where it cannot be had: then Node.js strips it, or says what is wrong. */
function stripped(path) {
  const kept = keptAt(path)
  if (kept === undefined) return undefined
  const text = read(kept)
  if (text !== undefined) return text
  // In a process of its own, since what it loads for that would stay in this one.
  spawnSync(process.execPath, [STRIP, path], { stdio: 'ignore' })
  return read(kept)
}

/** To be called once in each thread, before it imports TypeScript. */
export function readStripped() {
  module.registerHooks({
    load(url, context, nextLoad) {
      if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/'))
        return nextLoad(url, context)
      const source = stripped(fileURLToPath(url))
      return source === undefined ? nextLoad(url, context) : { format: 'module', source, shortCircuit: true }
    },
  })
}
