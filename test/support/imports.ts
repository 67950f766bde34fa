import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { ROOT } from './package.ts'

/** One file that names another. */
export interface Import {
  from: string
  to: string
}

const CODE = '{src,plugins,grafana,tools,bench,test}/**/*.{ts,mjs}'

/** Statements at the start of a line, calls and types anywhere; what is quoted in a template may look like one. */
const SPECIFIER =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'|\bnew URL\(\s*'([^']+\.(?:ts|mjs))',\s*import\.meta/gm

/** Modules of threads are named by their path from the root, without an extension. */
const MODULE = /'(src\/[\w/-]+)'/g

/** The files of the project that have imports, as paths from its root. */
export const codeFiles = (): string[] =>
  globSync(CODE, { cwd: ROOT, exclude: name => name === 'node_modules' })
    .map(path => path.replaceAll('\\', '/'))
    .sort()

/** What a file imports of others than packages: statically, dynamically, as a type, and as the module of a thread. */
export function importsOf(path: string, text: string, files: ReadonlySet<string>): Import[] {
  const relative = Array.from(text.matchAll(SPECIFIER), ([, ...found]) => found.find(Boolean) as string)
    .filter(specifier => specifier.startsWith('.'))
    .map(specifier => join(dirname(path), specifier))
  const modules = Array.from(text.matchAll(MODULE), ([, module]) => `${module}.ts`)
  return [...relative, ...modules].filter(to => files.has(to)).map(to => ({ from: path, to }))
}

/** All imports of the project. */
export function allImports(): Import[] {
  const files = codeFiles()
  const known = new Set(files)
  return files.flatMap(path => importsOf(path, readFileSync(join(ROOT, path), 'utf8'), known))
}
