import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FLOORS, type Floor } from '../tools/floors.ts'
import { allImports, codeFiles, type Import, importsOf } from './support/imports.ts'
import { inlineCode } from './support/markdown.ts'
import { ROOT } from './support/package.ts'

const files = codeFiles()
const imports = allImports()

const isIn = (path: string, folder: string) => path.startsWith(`${folder}/`)

const floorOf = (path: string): Floor | undefined =>
  FLOORS.filter(({ folder }) => isIn(path, folder)).sort((a, b) => b.folder.length - a.folder.length)[0]

/** Tests and what only they use, which the package leaves out. The test kit of plugins is public. */
const isTest = (path: string) =>
  /\.test\.ts$|-testing\.ts$|\/testing-[\w-]+\.ts$|\/testing\.ts$/.test(path) && !isIn(path, 'src/plugin')

/** Whether the table allows an import. */
function isAllowed({ from, to }: Import): boolean {
  const [floor, target] = [floorOf(from), floorOf(to)]
  if (!floor || !target) return false
  if (floor === target || floor.imports.includes(target.folder)) return true
  return isTest(from) && [...(floor.tests ?? []), 'tools/stack', 'test/support'].includes(target.folder)
}

/** The cycles among groups of files, each as the groups in order; a file whose group is null is left out. */
function cycles(groupOf: (path: string) => string | null): string[] {
  const next = new Map<string, Set<string>>()
  for (const { from, to } of imports) {
    const [a, b] = [groupOf(from), groupOf(to)]
    if (a !== null && b !== null && a !== b) next.set(a, (next.get(a) ?? new Set()).add(b))
  }
  const found: string[] = []
  const done = new Set<string>()
  const visit = (group: string, way: string[]) => {
    if (way.includes(group)) found.push([...way.slice(way.indexOf(group)), group].join(' → '))
    if (way.includes(group) || done.has(group)) return
    for (const other of next.get(group) ?? []) visit(other, [...way, group])
    done.add(group)
  }
  for (const group of next.keys()) visit(group, [])
  return found
}

test('every file lies in a folder of the table, and every folder of the table has files', () => {
  expect(files.filter(path => !floorOf(path))).toEqual([])
  expect(FLOORS.filter(floor => !files.some(path => floorOf(path) === floor))).toEqual([])
})

test('CONTRIBUTING.md names every folder of the project, and only files and folders that exist', () => {
  const named = inlineCode(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8'))
  const made = ['node_modules', 'dist', 'coverage', 'state']
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !made.includes(entry.name) && !entry.name.startsWith('.'))
    .map(({ name }) => `${name}/`)
  expect(folders.filter(folder => !named.some(name => name.startsWith(folder)))).toEqual([])

  // The names in capitals are any plugin's; the way of a post leaves out `src/`.
  const paths = named.filter(
    name => /^[\w.-]+\/[\w./-]*$/.test(name) && !/\/NAME\/|^mood-exporter\//.test(name),
  )
  expect(paths.filter(path => !['', 'src'].some(base => existsSync(join(ROOT, base, path))))).toEqual([])
  expect(paths.length).toBeGreaterThan(50)
})

test('a folder of the table imports only what comes before it', () => {
  for (const [index, { folder, imports }] of FLOORS.entries()) {
    const before = FLOORS.slice(0, index).map(({ folder }) => folder)
    expect(
      imports.filter(other => !before.includes(other)),
      folder,
    ).toEqual([])
  }
})

test('every import is one that the table allows', () => {
  expect(imports.length).toBeGreaterThan(1000)
  const wrong = imports.filter(each => !isAllowed(each)).map(({ from, to }) => `${from} → ${to}`)
  expect(wrong).toEqual([])
})

test('there are no import cycles between folders that have a parent in common', () => {
  const parents = new Set(files.filter(path => isIn(path, 'src')).map(path => path.split('/').slice(0, -2)))
  for (const parent of new Set(Array.from(parents, parts => parts.join('/')).filter(Boolean))) {
    const depth = parent.split('/').length
    const childOf = (path: string) => {
      const parts = path.split('/')
      return isIn(path, parent) && parts.length > depth + 1 ? parts.slice(0, depth + 1).join('/') : null
    }
    expect(cycles(childOf), parent).toEqual([])
  }
})

test('what runs imports no test', () => {
  const ships = (path: string) => /^(src|plugins)\/(?!.*\/tools\/)/.test(path) && !isTest(path)
  expect(imports.filter(({ from, to }) => ships(from) && (isTest(to) || isIn(to, 'test')))).toEqual([])
})

test('built-in plugins reach the plugin API by its public name, and its test kit only in tests', () => {
  const plugins = files.filter(path => isIn(path, 'plugins') && !/\/tools\//.test(path) && !isTest(path))
  const wrong = plugins.filter(path =>
    /'mood-exporter\/plugin\/testing'|'[./]+\/src\//.test(readFileSync(join(ROOT, path), 'utf8')),
  )
  expect(wrong).toEqual([])
})

test('all ways to name a module are seen', () => {
  const text = `
import a from './a.ts'
import type { B } from '../b.ts'
import {
  c,
} from './c.ts'
import './d.ts'
export * from './e.ts'
const f = await import('./f.ts')
type G = typeof import('./g.ts')
new Worker(new URL('./h.ts', import.meta.url))
new Worker(moduleUrl('src/i/thread'))
import { z } from 'zod'
`
  const known = ['a', 'c', 'd', 'e', 'f', 'g', 'h'].map(name => `src/x/${name}.ts`)
  const found = importsOf('src/x/x.ts', text, new Set([...known, 'src/b.ts', 'src/i/thread.ts']))
  expect(found.map(({ to }) => to).sort()).toEqual([...known, 'src/b.ts', 'src/i/thread.ts'].sort())
})
