import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT, run } from './support/package.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-eval-'))
  await writeFile(
    join(folder, 'posts.tsv'),
    'positive\tI love it\npositive\tgreat stuff\nnegative\tI hate it\nneutral\tit is a chair\nnegative\toh great\n',
  )
})
afterAll(() => rm(folder, { recursive: true }))

const evaluate = (...args: string[]) =>
  run(process.execPath, [join(ROOT, 'bin/mood-exporter.mjs'), 'eval', ...args], folder)

const write = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content)

test('eval measures scorers, as a table', async () => {
  const { code, stdout, stderr } = await evaluate('--data', 'posts.tsv', '--lang', 'en', '--scorer', 'afinn')
  expect(stdout).toMatch(/^posts\.tsv: 5 posts, 40\.0% negative, 20\.0% neutral, 40\.0% positive\.\n/)
  expect(stdout).toContain(
    'label in column 1, text in column 2 (there is no header: a guess by the first line)',
  )
  expect(stdout).toMatch(/\nafinn +100\.0% +0\.800 ±0\.\d{3} +0\.833 ±/)
  expect(stdout).toMatch(/line 5\n +oh great\n/)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('without a word of which, it measures the default scorer', async () => {
  const { code, stdout } = await evaluate('--data', 'posts.tsv', '--lang', 'en')
  expect(stdout).toMatch(/\nauto +100\.0% +/)
  expect(code).toBe(0)
})

test('scorers are given by name, with options and from files; scores from files are shown beside them', async () => {
  await write(
    'mine.ts',
    `import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'mine', description: '', options: z.object({ sign: z.number().default(1) }),
  create: ({ sign }) => ({
    batchSize: 2,
    scoreBatch: async posts => posts.map(({ text, lang }) => (lang === 'en' && text.includes('great') ? sign : 0)),
  }),
})
`,
  )
  await write('scores.txt', '1\n1\n-1\n0\nnull\n')
  const args = ['--scorer', 'afinn', './mine.ts', '--scorer', '{ use: ./mine.ts, name: turned, sign: -1 }']
  const { code, stdout } = await evaluate(
    ...['--data', 'posts.tsv', '--lang', 'en', '--json', '--scores', 'cv=scores.txt', ...args],
  )
  const { scorers } = JSON.parse(stdout)
  const brief = scorers.map(({ scorer, accuracy, unknown }: Record<string, unknown>) => [
    scorer,
    accuracy,
    unknown,
  ])
  expect(brief).toEqual([
    ['afinn', 0.8, 0],
    ['mine', 0.4, 0],
    ['turned', 0.4, 0],
    ['cv', 0.8, 1],
  ])
  expect(code).toBe(0)
})

test('--encoding reads data that is not UTF-8', async () => {
  const rows = Buffer.from('positive\tun caf\xe9 excellent\nnegative\ttr\xe8s mauvais\n', 'latin1')
  await write('latin1.tsv', rows)
  const read = await evaluate(
    '--data',
    'latin1.tsv',
    '--encoding',
    'latin1',
    '--lang',
    'en',
    '--scorer',
    'afinn',
  )
  expect(read.stdout).toContain('très mauvais')
  expect(read).toMatchObject({ code: 0, stderr: '' })
  const unknown = await evaluate('--data', 'latin1.tsv', '--encoding', 'klingon')
  expect(unknown.stderr).toContain('--encoding: expected one such as utf-8, cp949 or latin1, got "klingon"')
  expect(unknown.code).toBe(2)
})

test('a configuration gives scorers, thresholds and options', async () => {
  await write(
    'own.yml',
    'sources: [{ use: demo }]\nsentiment: { positive: 0.9, negative: -0.9 }\nscorers:\n  - use: afinn\n    name: mine\n    words: { chair: -5 }\n  - use: emoji\n',
  )
  const { stdout } = await evaluate(
    ...['--data', 'posts.tsv', '--lang', 'en', '--json', '--config', 'own.yml', '--scorer', 'mine'],
  )
  const { scorers, thresholds } = JSON.parse(stdout)
  expect(thresholds).toEqual({ positive: 0.9, negative: -0.9 })
  expect(scorers).toHaveLength(1)
  expect(scorers[0]).toMatchObject({ scorer: 'mine', accuracy: 0.2 })
  expect(scorers[0].mistakes.find(({ line }: { line: number }) => line === 4)).toBeUndefined()
})

test('--html writes a page that holds no post with --mistakes 0', async () => {
  const { code, stderr } = await evaluate(
    ...['--data', 'posts.tsv', '--lang', 'en', '--html', 'report.html', '--mistakes', '0'],
  )
  const page = await readFile(join(folder, 'report.html'), 'utf8')
  expect(page).toContain('How right scorers are on posts.tsv')
  expect(page).not.toContain('oh great')
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'wrote report.html\n' })
})

test('unreadable rows are reported and affect no others; a scorer that fails affects its posts and the exit code', async () => {
  await write('ragged.tsv', 'positive\tboom\nnegative\nnegative\tfine\n')
  await write(
    'throws.ts',
    `import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({ name: 'throws', description: '', options: z.object({}),
  create: () => ({ score({ text }) { if (text === 'boom') throw new Error('no'); return -1 } }) })`,
  )
  const { code, stdout, stderr } = await evaluate('--data', 'ragged.tsv', '--scorer', './throws.ts')
  expect(stderr).toBe('ragged.tsv:2: left out: expected 2 columns, got 1\n')
  expect(stdout).toContain('throws failed on 1 of 2 posts, which counts as unknown: no')
  expect(stdout).toMatch(/\nthrows +50\.0% +0\.500/)
  expect(code).toBe(1)
})

test.each([
  {
    what: 'unknown labels',
    files: { 'odd.tsv': 'positive\ta\nmeh\tb\nhuh\tc\nmeh\td\n' },
    args: ['--data', 'odd.tsv'],
    says: [
      /^odd\.tsv:2: the label "meh" is not known \(2 posts have it\): .*--map "meh=positive" \(ERR_EVAL_DATA\)$/,
      /^odd\.tsv:3: the label "huh" is not known/,
    ],
    code: 1,
  },
  {
    what: 'a file that is not there',
    args: ['--data', 'gone.tsv'],
    says: [/^gone\.tsv: cannot be read: no such file \(ERR_EVAL_DATA\)$/],
    code: 1,
  },
  {
    what: 'a scorer that there is not',
    args: ['--data', 'posts.tsv', '--scorer', 'afin'],
    says: [/^--scorer afin: no scorer "afin" is built in.*did you mean "afinn"\? \(ERR_PLUGIN_NOT_FOUND\)$/],
    code: 1,
  },
  {
    what: 'an option that a scorer does not have',
    args: ['--data', 'posts.tsv', '--scorer', '{ use: afinn, wrods: {} }'],
    says: [/^--scorer \{ use: afinn, wrods: \{\} \} wrods: unknown key "wrods", did you mean "words"\?/],
    code: 1,
  },
  {
    what: 'too few scores',
    files: { 'few.txt': '1\n0\n' },
    args: ['--data', 'posts.tsv', '--scores', 'few.txt'],
    says: [/expected as many scores as there are posts in posts\.tsv, 5, got 2 in few\.txt \(ERR_USAGE\)$/],
    code: 2,
  },
  {
    what: 'two scorers of one name',
    args: ['--data', 'posts.tsv', '--scorer', 'afinn', 'afinn'],
    says: [/two are called "afinn": name one/],
    code: 2,
  },
  {
    what: 'a mapping that is none',
    args: ['--data', 'posts.tsv', '--map', 'meh'],
    says: [/--map: expected LABEL=SENTIMENT .* got "meh"/],
    code: 2,
  },
  {
    what: 'a scale that is none',
    args: ['--data', 'posts.tsv', '--scale', '5..1'],
    says: [/--scale: expected a range, such as 1\.\.5, got "5\.\.1"/],
    code: 2,
  },
  {
    what: 'a page in a folder that is not there, before anything is read',
    args: ['--data', 'gone.tsv', '--html', 'nodir/x.html'],
    says: [/^mood-exporter: --html: nodir\/x\.html: there is no folder nodir \(ERR_USAGE\)$/],
    code: 2,
  },
  {
    what: 'a page that is a folder',
    args: ['--data', 'gone.tsv', '--html', '.'],
    says: [/^mood-exporter: --html: \.: it is a folder; name a file \(ERR_USAGE\)$/],
    code: 2,
  },
  {
    what: 'data that are a folder',
    args: ['--data', '.'],
    says: [/^\.: it is a folder; name a file \(ERR_EVAL_DATA\)$/],
    code: 1,
  },
  {
    what: 'a language that is none',
    args: ['--data', 'posts.tsv', '--lang', 'english'],
    says: [/^mood-exporter: --lang: expected a language such as "en", got "english" \(ERR_USAGE\)$/],
    code: 2,
  },
  { what: 'no data', args: [], says: [/required option '-d, --data <file>' not specified/], code: 2 },
  {
    what: 'a broken configuration',
    files: { 'bad.yml': 'sources: []\n' },
    args: ['--data', 'posts.tsv', '--config', 'bad.yml'],
    says: [/^bad\.yml:1 sources: /],
    code: 1,
  },
])(
  '$what: a clear line each on standard error, and exit code $code',
  async ({ files = {}, args, says, code }) => {
    for (const [name, content] of Object.entries(files)) await write(name, content)
    const ended = await evaluate(...args)
    const lines = ended.stderr.split('\n').filter(line => line !== '')
    expect(lines).toHaveLength(says.length)
    for (const [i, pattern] of says.entries()) expect(lines[i]).toMatch(pattern)
    expect(ended).toMatchObject({ code, stdout: '' })
  },
)

test('--help shows examples, and the formats that --format takes', async () => {
  const { stdout, code } = await evaluate('--help')
  expect(stdout).toContain('FILE is TSV, CSV or JSON (an object per line')
  expect(stdout).toContain('(choices: "tsv", "csv", "json", "ndjson")')
  expect(stdout).toContain('Examples:\n  $ mood-exporter eval --data')
  expect(code).toBe(0)
})
