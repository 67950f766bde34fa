import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { formatProblem, parseConfig } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'templates-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const problemsOf = (report: string): string[] => {
  const result = parseConfig(`sources: [demo]\nreports:\n${report}`, join(folder, 'mood.yml'), {})
  return result.ok ? [] : result.problems.map(problem => formatProblem({ ...problem, file: 'mood.yml' }))
}

const templateOf = (report: string) => {
  const result = parseConfig(`sources: [demo]\nreports:\n${report}`, join(folder, 'mood.yml'), {})
  if (!result.ok) throw new Error(problemsOf(report).join('\n'))
  return result.loaded.config.reports[0]?.template
}

test('a fault of a template is shown at its line of the configuration, with what to write instead', () => {
  const block = `  - name: daily
    template: |
      {{ title }}
      {% for topic in topics %}
      {{ topic.totl }}
      {% endfor %}
`
  expect(problemsOf(block)).toEqual([
    'mood.yml:7 reports[0].template: line 3 of the template: there is no "topic.totl", did you mean "total"? (ERR_CONFIG_INVALID)',
  ])
  expect(problemsOf('  - name: daily\n    template: "{{ title | percnt }}"\n')).toEqual([
    'mood.yml:4 reports[0].template: line 1 of the template: there is no filter "percnt", did you mean "percent"? (ERR_CONFIG_INVALID)',
  ])
  // Lines of a folded text are not those of the file.
  expect(problemsOf('  - name: daily\n    template: >\n      a\n\n      {{ whatsoever }}\n')).toEqual([
    'mood.yml:4 reports[0].template: line 2 of the template: there is no "whatsoever": docs/reports.md#templates lists what there is (ERR_CONFIG_INVALID)',
  ])
})

test('a template may be in a file, and its faults are shown at its lines', () => {
  mkdirSync(join(folder, 'texts'))
  writeFileSync(join(folder, 'texts', 'good.liquid'), '{{ title }}\n')
  writeFileSync(join(folder, 'texts', 'bad.liquid'), '{{ title }}\n{% if title %}\n')
  writeFileSync(join(folder, 'latin1.liquid'), Buffer.from([0xe4, 0xf6]))
  writeFileSync(join(folder, 'large.liquid'), 'a'.repeat(65_537))
  expect(templateOf('  - { template_file: ./texts/good.liquid }\n')).toBe('{{ title }}\n')
  const problem = (file: string) =>
    problemsOf(`  - { name: daily, template_file: ${file} }\n`).map(text =>
      text.replace(/^mood.yml:3 reports\[0\].template_file: (.*) \(ERR_CONFIG_INVALID\)$/, '$1'),
    )
  expect(problem('./texts/bad.liquid')).toEqual(['./texts/bad.liquid:2: tag {% if title %} not closed'])
  expect(problem('./none.liquid')).toEqual(['cannot read "./none.liquid": no such file'])
  expect(problem('./texts')).toEqual(['expected a file, got something else at "./texts"'])
  expect(problem('./latin1.liquid')).toEqual(['"./latin1.liquid" is not valid UTF-8'])
  expect(problem('./large.liquid')).toEqual([
    'expected a file of at most 64KiB, got 65537 bytes in "./large.liquid"',
  ])
  expect(problem('./texts/good.liquid, template: a')).toEqual([
    'expected either `template` or `template_file`, got both',
  ])
})
