import { spawn } from 'node:child_process'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { VERSION } from './version.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the program as a shell would. */
async function run(args: string[], input = '') {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const exit = new Promise<number | null>(resolve => child.on('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { out, err, code: await exit }
}

const write = (name: string, content: string) => writeFile(join(folder, name), content)

test('--help names the commands and shows examples', async () => {
  const { out, err, code } = await run(['--help'])
  for (const command of ['run', 'check', 'score', 'eval', 'plugins', 'metrics', 'schema', 'export'])
    expect(out).toContain(`\n  ${command} `)
  expect(out).toContain('Examples:\n  $ mood-exporter run')
  expect({ err, code }).toEqual({ err: '', code: 0 })
})

test('backfill --help says when --since and --until are', async () => {
  const { out } = await run(['backfill', '--help'])
  const words = out.replace(/\s+/g, ' ')
  expect(words).toContain('the first day of samples, from 00:00 UTC, such as 2026-01-01')
  expect(words).toContain(
    'the end of samples: 00:00 UTC of that day, which is not included, such as 2026-02-01 for all of January',
  )
})

test('--version is the version of the package', async () => {
  expect(await run(['--version'])).toEqual({ out: `${VERSION}\n`, err: '', code: 0 })
})

test.for([
  [['scroe', 'hi'], "mood-exporter: unknown command 'scroe' (Did you mean score?) (ERR_USAGE)\n"],
  [
    ['check', '--confg', 'x'],
    "mood-exporter: unknown option '--confg' (Did you mean --config?) (ERR_USAGE)\n",
  ],
  [
    ['score', '--lang', 'english', 'hi'],
    'mood-exporter: --lang: expected a language such as "en", got "english" (ERR_USAGE)\n',
  ],
  [['state', 'show'], "mood-exporter: missing required argument 'dir' (ERR_USAGE)\n"],
  [
    ['state', 'show', 'x', '--jsn'],
    "mood-exporter: unknown option '--jsn' (Did you mean --json?) (ERR_USAGE)\n",
  ],
  [
    ['twitter', 'rules', 'lst'],
    'mood-exporter: expected "list", "diff", "apply" or "clear", got "lst" (ERR_USAGE)\n',
  ],
  [
    ['kafka', 'shares', '--of', 'x'],
    "mood-exporter: option '--of <number>' argument 'x' is invalid. expected a whole number from 1 to 9999 (ERR_USAGE)\n",
  ],
  [['help', 'nope'], 'mood-exporter: there is no command "nope" (ERR_USAGE)\n'],
  [['state', 'help', 'shw'], 'mood-exporter: there is no command "shw"; did you mean "show"? (ERR_USAGE)\n'],
  [
    ['check', 'mood.yml'],
    'mood-exporter: unexpected argument "mood.yml": for a configuration write `--config mood.yml` (ERR_USAGE)\n',
  ],
  [
    ['run', 'prod/a.yaml'],
    'mood-exporter: unexpected argument "prod/a.yaml": for a configuration write `--config prod/a.yaml` (ERR_USAGE)\n',
  ],
  [['check', '--config', 'a.yml', 'b.yml'], 'mood-exporter: unexpected argument "b.yml" (ERR_USAGE)\n'],
  [['state', 'show', 'a', 'b'], 'mood-exporter: unexpected argument "b" (ERR_USAGE)\n'],
  [['export', 'rule', 'x'], 'mood-exporter: expected "rules" or "dashboards", got "rule" (ERR_USAGE)\n'],
  [['score', 'a', '-'], 'mood-exporter: expected texts or "-" for standard input, got both (ERR_USAGE)\n'],
] as const)('%j is a usage error, reported in one line', async ([args, err]) => {
  expect(await run([...args])).toEqual({ out: '', err, code: 2 })
})

test('help shows the help of a command, also of a nested one', async () => {
  const asked = await run(['help', 'state', 'show'])
  expect(asked).toEqual(await run(['state', 'show', '--help']))
  expect(asked).toEqual(await run(['state', 'help', 'show']))
  expect(asked).toMatchObject({ out: expect.stringContaining('state show [options] <dir>'), code: 0 })
  expect(await run(['help'])).toEqual(await run(['--help']))
})

test('without ./mood.yml, check says where it looked and how to name another file', async () => {
  const { err, code } = await run(['check'])
  expect(err.split('\n')[0]).toBe(
    `mood.yml: cannot be read: no such file in ${await realpath(folder)}; name another with --config FILE (ERR_CONFIG_UNREADABLE)`,
  )
  expect(code).toBe(1)
})

test('check shows every problem of a configuration and exits with 1', async () => {
  await write('bad.yml', 'workers: -1\nsources:\n  - use: demo\nextractor: []\n')
  const { out, err, code } = await run(['check', '--config', 'bad.yml'])
  expect(err.split('\n')).toEqual([
    'bad.yml:1 workers: expected at least 0, got -1 (ERR_CONFIG_INVALID)',
    'bad.yml:4 extractor: unknown key "extractor", did you mean "extractors"? (ERR_CONFIG_INVALID)',
    '2 problems. Names that refer to other sections, and the plugins themselves, are checked after these are fixed.',
    '',
  ])
  expect({ out, code }).toEqual({ out: '', code: 1 })
})

test('check shows every problem of the plugins, with its line', async () => {
  await write(
    'plugins.yml',
    'sources:\n  - use: htp\n  - use: demo\n    rat: 5\nscorers:\n  - use: ./none.ts\n  - use: emoji\n    words: 5\n',
  )
  const { err, code } = await run(['check', '--config', 'plugins.yml'])
  expect(err).toContain('plugins.yml:2 sources[0].use: no source "htp" is built in')
  expect(err).toContain(
    'plugins.yml:4 sources[1].rat: unknown key "rat", did you mean "rate"? (ERR_CONFIG_INVALID)\n',
  )
  expect(err).toContain('plugins.yml:6 scorers[0].use: no file ')
  expect(code).toBe(1)
})

test('check validates nested plugins too', async () => {
  await write(
    'inner.yml',
    `sources:
  - use: demo
    format:
      use: filebeat
      format:
        use: filebeat
        format: { use: csv, delimiter: 5, columns: [text] }
scorers:
  - use: ensemble
    scorers:
      - afinn
      - use: afin
      - { use: emoji, weight: 2, words: 5 }
      - use: ./none.ts
`,
  )
  const { err, code } = await run(['check', '--config', 'inner.yml'])
  expect(err).toContain('inner.yml:7 sources[0].format.format.format.delimiter: expected')
  expect(err).toContain('scorers[0].scorers[1].use: no scorer "afin" is built in')
  expect(err).toContain('inner.yml:13 scorers[0].scorers[2].words: ')
  expect(err).toContain('scorers[0].scorers[3].use: no file ')
  expect(err).toContain('4 problems')
  expect(code).toBe(1)
})

test('check summarises a valid configuration', async () => {
  await write('mood.yml', 'sources: [{ use: demo }]\ntopics: { a: [b] }\nserver: { listen: "127.0.0.1:0" }\n')
  expect(await run(['check'])).toEqual({
    out: 'mood.yml is valid: 1 source (demo), 1 topic, 1 scorer (auto), 3 extractors (hashtags, mentions, emoji), 2 windows.\n',
    err: '',
    code: 0,
  })
  await rm(join(folder, 'mood.yml'))
})

test('check --json is for programs', async () => {
  const { out, code } = await run(['check', '--json', '--config', 'none.yml'])
  expect(JSON.parse(out)).toEqual({
    ok: false,
    file: 'none.yml',
    problems: [
      {
        file: 'none.yml',
        line: 0,
        column: 0,
        path: '',
        message: 'cannot be read: no such file',
        code: 'ERR_CONFIG_UNREADABLE',
      },
    ],
    warnings: [],
  })
  expect(code).toBe(1)
})

test('score shows the result of each scorer and extractor', async () => {
  const { out, err, code } = await run([
    'score',
    'I love the new galaxy, what a wonderful phone! 🎉 #unboxing',
  ])
  expect(out).toMatch(/^I love the new galaxy.*\n {2}lang +en\n {2}topics +all\n/)
  expect(out).toMatch(/\n {2}scorer auto +\+[01]\.\d\d {2}positive\n/)
  expect(out).toMatch(/\n {2}extractor hashtags +#?unboxing\n/)
  expect({ err, code }).toEqual({ err: '', code: 0 })
})

test('score --json is a line for each line of standard input', async () => {
  await write(
    'mine.ts',
    `import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'exclaim',
  description: 'More exclamation marks, more joy.',
  options: z.object({ weight: z.number().default(0.2) }),
  create: ({ weight }) => ({
    score: post => {
      if (post.text === 'boom') throw new Error('no')
      return (post.text.split('!').length - 1) * weight
    },
  }),
})
`,
  )
  await write(
    'score.yml',
    'sources: [{ use: demo }]\ntopics: { galaxy: [galaxy] }\nscorers: [{ use: ./mine.ts, weight: 0.4 }]\nextractors: []\nlanguages: { detect: false }\n',
  )
  const { out, code } = await run(
    ['score', '--json', '--config', 'score.yml', '--lang', 'ko', '-'],
    'galaxy!\n\nboom\n!!!\n',
  )
  const results = out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const exclaim = (score: number | null, sentiment: string, error?: string) => [
    { scorer: 'exclaim', score, sentiment, ...(error ? { error } : {}) },
  ]
  const offTopic = { lang: 'ko', topics: [], keywords: {} }
  expect(results).toEqual([
    {
      text: 'galaxy!',
      lang: 'ko',
      topics: ['galaxy'],
      keywords: { galaxy: ['galaxy'] },
      scores: exclaim(0.4, 'positive'),
      terms: [],
    },
    { text: 'boom', ...offTopic, scores: exclaim(null, 'unknown', 'no (./mine.ts:8:39)'), terms: [] },
    {
      text: '!!!',
      ...offTopic,
      scores: exclaim(
        null,
        'unknown',
        expect.stringMatching(/^expected a number from -1 to 1 or null, got 1\.2/),
      ),
      terms: [],
    },
  ])
  expect(code).toBe(1)
})

test('score shows the keywords by which a text matched each topic', async () => {
  await write(
    'keywords.yml',
    `sources: [demo]
topics:
  galaxy: { any: [Galaxy S26, 갤럭시, iphone], all: [camera], not: [watch] }
  tea: [tea]
  rest: { not: [tea] }
  everything: { any: all }
scorers: [afinn]
extractors: []
`,
  )
  const { out } = await run(['score', '--config', 'keywords.yml', '갤럭시는 #GalaxyS26 camera', 'tea'])
  expect(out).toMatch(/\n {2}topics +galaxy \(Galaxy S26, 갤럭시, camera\), rest, everything\n/)
  expect(out).toMatch(/\n {2}topics +tea \(tea\), everything\n/)
})

test('if the only topic is from a ranking, score does not claim that a text matches', async () => {
  await write(
    'trending.yml',
    'sources: [{ name: signal, use: poll, url: "https://api.signal.bz/x", format: signal-bz }]\ntopics: { trending: { from: signal } }\n',
  )
  const { out } = await run(['score', '--json', '--config', 'trending.yml', 'tea'])
  expect(JSON.parse(out).topics).toEqual([])
})

test('score --explain shows contributions to a score, and further results of a scorer', async () => {
  await write(
    'wordy.ts',
    `import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'wordy',
  description: 'Explains itself.',
  options: z.object({}),
  create: async (_, context) => {
    const other = await context.scorer({ use: 'afinn', words: { wordy: 5 } })
    return {
      emotions: ['joy'],
      score: post => ({ score: other.score(post), emotions: ['joy'], disagreement: 0.25 }),
      explain: ({ text }) => [{ text: text.split(' ')[0], weight: -2, why: 'it comes first' }],
    }
  },
})
`,
  )
  await write('wordy.yml', 'sources: [{ use: demo }]\nscorers: [{ use: ./wordy.ts }]\nextractors: []\n')
  const { out, code } = await run([
    'score',
    '--explain',
    '--config',
    'wordy.yml',
    '--lang',
    'en',
    'wordy \u001b[1m',
  ])
  expect(out).toMatch(/\n {2}scorer wordy +\+0\.79 {2}positive {2}joy {2}disagreement 0\.25\n/)
  expect(out).toMatch(/\n +-2\.00 {2}wordy {2}\(it comes first\)\n/)
  expect(code).toBe(0)
  const json = await run(['score', '--json', '--explain', '--config', 'wordy.yml', '--lang', 'en', 'wordy'])
  expect(JSON.parse(json.out).scores).toMatchObject([
    { emotions: ['joy'], disagreement: 0.25, explanation: [{ text: 'wordy', weight: -2 }] },
  ])
})

test('score and eval use ./mood.yml like run, and say so on standard error', async () => {
  await write('mood.yml', 'sources: [demo]\nscorers: [afinn]\nextractors: []\n')
  await write('few.tsv', 'positive\tgood\nnegative\tbad\n')
  try {
    const scored = await run(['score', '--json', 'good'])
    expect(JSON.parse(scored.out).scores).toMatchObject([{ scorer: 'afinn' }])
    expect(scored.err).toBe('using mood.yml\n')
    const measured = await run(['eval', '--json', '--data', 'few.tsv', '--columns', 'label,text'])
    expect(JSON.parse(measured.out).scorers).toMatchObject([{ scorer: 'afinn', accuracy: 1 }])
    expect(measured.err).toContain('using mood.yml\n')
  } finally {
    await rm(join(folder, 'mood.yml'))
  }
})

test('a plugin that never ends affects only its posts in score and eval', async () => {
  await write(
    'loops.ts',
    `import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'loops',
  description: 'Does not end.',
  options: z.object({ creates: z.boolean().default(true) }),
  create: ({ creates }) => {
    while (!creates);
    return { score: ({ text }) => { while (text === 'loop'); return 0.5 } }
  },
})
`,
  )
  await write(
    'looping.ts',
    `import { defineExtractor, z } from 'mood-exporter/plugin'
export default defineExtractor({
  name: 'looping',
  description: 'Does not end either.',
  options: z.object({}),
  create: () => ({ *extract() { for (;;); } }),
})
`,
  )
  const config = (creates: boolean) =>
    JSON.stringify({
      sources: ['demo'],
      scorers: [{ use: './loops.ts', creates }],
      extractors: ['./looping.ts'],
      limits: { plugin_timeout: '100ms', create_timeout: '200ms' },
    })
  await write('loops.yml', config(true))
  const scored = await run(['score', '--json', '--config', 'loops.yml', '-'], 'loop\nfine\n')
  const [loop, fine] = scored.out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(loop).toMatchObject({
    scores: [{ scorer: 'loops', score: null, error: 'no result within 100 ms' }],
    terms: [{ terms: [], error: 'no result within 100 ms' }],
  })
  expect(fine.scores).toMatchObject([{ score: 0.5 }])

  await write('loops.tsv', 'positive\tloop\npositive\tfine\nnegative\tbad\n')
  const measured = await run([
    ...['eval', '--config', 'loops.yml', '--json'],
    ...['--data', 'loops.tsv', '--columns', 'label,text'],
  ])
  expect(JSON.parse(measured.out).scorers).toMatchObject([
    { scorer: 'loops', failed: 1, firstFailure: 'no result within 100 ms', accuracy: 1 / 3 },
  ])

  await write('never.yml', config(false))
  const { err, code } = await run(['score', '--config', 'never.yml', 'fine'])
  expect(err).toContain('never.yml:1 scorers[0].use: no result within 200 ms')
  expect(code).toBe(1)
}, 60_000)

test('score handles results of plugins like run: with its time limit, checks and bounds', async () => {
  await write(
    'faults.ts',
    `import { defineScorer, z } from 'mood-exporter/plugin'
const faults = {
  hangs: { scoreBatch: () => new Promise(() => {}) },
  odd: { score: () => ({ score: 0.5, disagreement: 2 }) },
  unexplained: { score: () => 0.5, explain: () => { throw new Error('no idea') } },
}
export default defineScorer({
  name: 'faults',
  description: 'Does wrong.',
  options: z.object({ fault: z.string() }),
  create: ({ fault }) => faults[fault],
})
`,
  )
  await write(
    'letters.ts',
    `import { defineExtractor, z } from 'mood-exporter/plugin'
export default defineExtractor({
  name: 'letters',
  description: 'Letters, and something else.',
  options: z.object({}),
  create: () => ({ extract: ({ text }) => [...text, 7] }),
})
`,
  )
  const faults = ['hangs', 'odd', 'unexplained']
  await write(
    'faults.yml',
    JSON.stringify({
      sources: [{ use: 'demo' }],
      scorers: faults.map(fault => ({ use: './faults.ts', name: fault, fault })),
      extractors: [{ use: './letters.ts' }],
      limits: { plugin_timeout: '1s', terms_per_post: 3 },
    }),
  )
  const args = ['score', '--explain', '--config', 'faults.yml', '--lang', 'en', 'abca']
  const { out, code } = await run(args)
  expect(out).toMatch(/scorer hangs +failed: no result within 1000 ms\n/)
  expect(out).toMatch(
    /scorer odd +\+0\.50 {2}positive {2}failed: expected a disagreement from 0 to 1, got 2\n/,
  )
  expect(out).toMatch(/scorer unexplained +\+0\.50 {2}positive {2}failed: no idea \(\.\/faults\.ts:5:59\)\n/)
  expect(out).toMatch(/extractor letters +a {2}b {2}c {2}failed: expected terms as text, got 7\n/)
  expect(code).toBe(1)
})
test('score also rejects a scorer with an invalid batch size, with its place', async () => {
  await write(
    'endless.ts',
    `import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'endless',
  description: 'Takes no number of posts.',
  options: z.object({}),
  create: () => ({ batchSize: NaN, scoreBatch: async posts => posts.map(() => 0) }),
})
`,
  )
  await write('endless.yml', 'sources: [{ use: demo }]\nscorers:\n  - use: ./endless.ts\n')
  const { err, code } = await run(['score', '--config', 'endless.yml', 'x'])
  expect(err).toContain('expected `batchSize` to be a whole number from 1 to 10000, got NaN')
  expect(err).toContain('endless.yml:3')
  expect(code).toBe(1)
})
test('plugins lists what is built in, plugins NAME shows its options', async () => {
  const [all, one, none] = await Promise.all([
    run(['plugins']),
    run(['plugins', 'emoji']),
    run(['plugins', 'emojy']),
  ])
  expect(all.out).toMatch(/^sources\n(?: {2}.*\n)* {2}demo +\S/)
  expect(all.out).toMatch(/\nscorers\n {2}afinn +\S/)
  expect(one.out).toMatch(/^emoji \(scorer\): [\s\S]*\n\nemoji \(extractor\): /)
  expect(none).toEqual({
    out: '',
    err: 'mood-exporter: no plugin "emojy" is built in, did you mean "emoji"? (ERR_PLUGIN_NOT_FOUND)\n',
    code: 1,
  })
})

test('schema prints JSON Schema that knows the built-in plugins', async () => {
  const schema = JSON.parse((await run(['schema'])).out)
  expect(schema.properties.sources.items.properties.use.anyOf).toContainEqual(
    expect.objectContaining({ const: 'demo' }),
  )
})

test('a closed output pipe is not a failure', async () => {
  const child = spawn(process.execPath, [MAIN, 'score', '--json', '-'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {})
  const errors = text(child.stderr)
  const exit = new Promise<number | null>(resolve => child.on('close', resolve))
  child.stdout.once('data', () => {
    child.stdout.destroy()
    child.stdin.write('again\n'.repeat(1000))
    child.stdin.end()
  })
  child.stdin.write('once\n')
  expect({ code: await exit, err: await errors }).toEqual({ code: 0, err: '' })
})
