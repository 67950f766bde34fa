import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-export-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function run(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'src/cli/main.ts'), 'export', ...args],
    { cwd, encoding: 'utf8' },
  )
  return { code: status, out: stdout, err: stderr }
}

/** The files of a folder, by name. */
const filesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]))

test.for([
  ['rules', 'prometheus/rules'],
  ['dashboards', 'grafana/generated'],
])('export %s writes every file of %s to a directory that it creates', ([what = '', source = '']) => {
  const folder = temporaryFolder()
  const { code, out, err } = run(folder, what, 'deep/x')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const expected = filesIn(join(ROOT, source))
  expect(filesIn(join(folder, 'deep/x'))).toEqual(expected)
  expect(out).toBe(
    Object.keys(expected)
      .map(name => `wrote  deep/x/${name}\n`)
      .join(''),
  )
})

test('a file that differs stops an export before it writes anything, unless it is forced', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'topics.yml'), 'groups: []\n')
  writeFileSync(join(folder, 'mine.yml'), 'groups: []\n')
  expect(run(folder, 'rules', '.')).toEqual({
    code: 1,
    out: '',
    err: 'mood-exporter: these files exist with other contents: topics.yml; --force overwrites them (ERR_EXPORT_EXISTS)\n',
  })
  expect(Object.keys(filesIn(folder))).toEqual(['mine.yml', 'topics.yml'])

  const forced = run(folder, 'rules', '--force', '.')
  expect(forced.out).toContain('replaced  topics.yml\n')
  expect(filesIn(folder)).toEqual({ ...filesIn(join(ROOT, 'prometheus/rules')), 'mine.yml': 'groups: []\n' })
})

test('a second export leaves files alone that are the same', () => {
  const folder = temporaryFolder()
  run(folder, 'rules', '.')
  const written = statSync(join(folder, 'topics.yml')).mtimeMs
  expect(run(folder, 'rules', '.')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^(unchanged .*\n)+$/),
  })
  expect(statSync(join(folder, 'topics.yml')).mtimeMs).toBe(written)
})

test('an unwritable directory and an unknown kind are reported in one line', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  expect(run(folder, 'rules', 'file')).toMatchObject({
    code: 1,
    err: 'mood-exporter: cannot write to file: it is a file; name a folder (ERR_EXPORT_UNWRITABLE)\n',
  })
  expect(run(folder, 'rules', '/dev/null/a/b')).toMatchObject({
    code: 1,
    err: 'mood-exporter: cannot write to /dev/null/a/b: a part of its path is a file; name a folder (ERR_EXPORT_UNWRITABLE)\n',
  })
  expect(run(folder, 'alerts', '.')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^mood-exporter: expected "rules" or "dashboards", got ".*" \(ERR_USAGE\)\n$/),
  })
})
