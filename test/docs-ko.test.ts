import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeBlocks, linksOf } from './support/markdown.ts'
import { ROOT } from './support/package.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** Queries and commands in the last cells of tables. */
const tableCode = (markdown: string): string[] =>
  [...markdown.matchAll(/^\| .* \| (`.*`) \|$/gm)].map(([, code]) => code as string)

/** What a link leads to, whichever page names it. */
const pagesOf = (markdown: string): Set<string> =>
  new Set(linksOf(markdown).map(link => link.replace(/^(?:\.\.?\/)+|^docs\/(?:ko\/)?/g, '')))

test.for([
  ['README.ko.md', 'README.md'],
  ['docs/ko/getting-started.md', 'docs/getting-started.md'],
])('%s has the code, the queries and the links of %s', ([korean = '', english = '']) => {
  const [translated, original] = [read(korean), read(english)]
  expect(codeBlocks(translated)).toEqual(codeBlocks(original))
  expect(codeBlocks(translated).length).toBeGreaterThan(7)
  expect(tableCode(translated)).toEqual(tableCode(original))
  const pages = pagesOf(translated)
  const other = /README(?:\.ko)?\.md$|getting-started\.md$/
  expect([...pagesOf(original)].filter(page => !other.test(page) && !pages.has(page))).toEqual([])
  const headings = (markdown: string) => markdown.match(/^#+ /gm)
  expect(headings(translated)).toEqual(headings(original))
})

test('each page links to its other language', () => {
  expect(linksOf(read('README.md'))).toContain('README.ko.md')
  expect(linksOf(read('README.ko.md'))).toContain('README.md')
  expect(linksOf(read('docs/getting-started.md'))).toContain('ko/getting-started.md')
  expect(linksOf(read('docs/ko/getting-started.md'))).toContain('../getting-started.md')
})
