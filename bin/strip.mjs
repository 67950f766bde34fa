// Strips the types of the files that it is given, and, since they will be wanted too, of all the sources that have
// changed: node bin/strip.mjs FILE…
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import module from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keptAt } from './types.mjs'

/** So many files are kept of versions of sources that are gone, before they are deleted. */
const MOST_LEFT = 2000

process.removeAllListeners('warning')
const sources = ['../src', '../plugins'].flatMap(folder => {
  // Node.js names modules by where links lead.
  const cwd = realpathSync(fileURLToPath(new URL(folder, import.meta.url)))
  return globSync('**/*.ts', { cwd }).map(path => join(cwd, path))
})
const wanted = new Map([...sources, ...process.argv.slice(2)].map(path => [path, keptAt(path)]))
for (const [path, kept] of wanted) if (kept !== undefined && !existsSync(kept)) strip(path, kept)
forget(dirname(keptAt(fileURLToPath(import.meta.url))))

function strip(path, kept) {
  let text
  try {
    text = module.stripTypeScriptTypes(readFileSync(path, 'utf8'))
  } catch {
    // Node.js will say what is wrong with it.
    return
  }
  mkdirSync(dirname(kept), { recursive: true })
  // Another process may be writing the same.
  const draft = `${kept}.${process.pid}`
  writeFileSync(draft, text)
  renameSync(draft, kept)
}

function forget(folder) {
  const names = readdirSync(folder)
  if (names.length < sources.length + MOST_LEFT) return
  const kept = new Set([...wanted.values()].map(path => path && basename(path)))
  for (const name of names) if (!kept.has(name)) rmSync(join(folder, name), { force: true })
}
