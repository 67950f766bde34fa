import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERRORS } from '../src/catalogue/errors.ts'
import { builtInPlugins } from '../src/loader/load.ts'
import { anchorsOf } from './support/markdown.ts'
import { ROOT } from './support/package.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const declaredByPlugins = (await builtInPlugins()).flatMap(({ kind, name, errors = {} }) =>
  Object.keys(errors).map(code => ({ code, folder: `plugins/${kind}s/${name}` })),
)

test('every code has an anchor in docs/errors.md', () => {
  const codes = [...Object.keys(ERRORS), ...declaredByPlugins.map(({ code }) => code)]
  const anchors = anchorsOf(read('docs/errors.md'))
  expect(codes.filter(code => !anchors.includes(code.toLowerCase()))).toEqual([])
})

test('a code is declared once', () => {
  const codes = [...Object.keys(ERRORS), ...declaredByPlugins.map(({ code }) => code)]
  expect(codes.filter((code, i) => codes.indexOf(code) < i)).toEqual([])
})

test('built-in plugins declare the codes that they use, and use those that they declare', () => {
  const used = globSync('plugins/*/*/*.ts', {
    cwd: ROOT,
    exclude: path => path.endsWith('.test.ts'),
  }).flatMap(path =>
    [...read(path).matchAll(/'(ERR_[A-Z_]+)'/g)].map(([, code = '']) => ({
      code,
      folder: path.split('/').slice(0, 3).join('/'),
    })),
  )
  const texts = (list: typeof used) =>
    [...new Set(list.map(({ code, folder }) => `${folder} ${code}`))].sort()
  expect(texts(used)).toEqual(texts(declaredByPlugins))
})

test('codes in the documentation are codes that there are', () => {
  const known = [...Object.keys(ERRORS), ...declaredByPlugins.map(({ code }) => code)]
  // What the guide for plugin authors makes up.
  const invented = /^ERR_EXCLAIM_/
  // Codes of earlier versions, which the changelog says how to replace.
  const former = ['ERR_WEB_CONFIG', 'ERR_HTTP_TOKEN']
  for (const path of globSync('{*.md,docs/*.md,plugins/*/*/README.md}', { cwd: ROOT })) {
    const named = read(path).match(/\bERR_[A-Z_]+\b/g) ?? []
    expect(
      named.filter(
        code =>
          !known.includes(code) &&
          !invented.test(code) &&
          !(path === 'CHANGELOG.md' && former.includes(code)),
      ),
      path,
    ).toEqual([])
  }
})
