// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are references to the environment, as users write them
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LoadedConfig, loadConfig, parseConfig } from './load.ts'
import { formatProblem } from './problem.ts'

function load(text: string, env: NodeJS.ProcessEnv = {}): LoadedConfig {
  const result = parseConfig(text, 'conf/mood.yml', env)
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.loaded
}

/** Problems without what is the same in all of them. */
function problemsOf(text: string, env: NodeJS.ProcessEnv = {}): string[] {
  const result = parseConfig(text, 'mood.yml', env)
  return result.ok
    ? []
    : result.problems.map(problem => formatProblem(problem).replace(/ \(ERR_CONFIG_(INVALID|SYNTAX)\)$/, ''))
}

const DEMO = 'sources: [{ use: demo }]\n'

test('one source is a whole configuration', () => {
  const { config } = load(DEMO)
  expect(config.server.listen).toEqual({ host: '127.0.0.1', port: 19747 })
  expect(config.scorers.map(({ use }) => use)).toEqual(['auto'])
  expect(config.windows).toEqual([
    { size: 1000, lateness: 2000 },
    { size: 60_000, slide: 10_000, lateness: 2000 },
  ])
  expect(config.extractors[0]?.windows).toEqual([{ size: 60_000 }, { size: 300_000 }, { size: 3_600_000 }])
  expect(config.limits.record_bytes).toBe(65_536)
})

test('a name alone is a complete entry in every list of plugins', () => {
  const { config, problem } = load(
    'sources: [demo]\nscorers:\n  - afinn\n  - { use: vader }\nextractors: ["${TERMS}"]\noutputs: [stdout]\n',
    { TERMS: 'words' },
  )
  const used = [config.sources, config.scorers, config.extractors, config.outputs].map(entries =>
    entries.map(({ use }) => use),
  )
  expect(used).toEqual([['demo'], ['afinn', 'vader'], ['words'], ['stdout']])
  expect(config.extractors[0]?.top).toBe(10)
  expect(problem(['scorers', 0, 'use'], 'no such scorer')).toMatchObject({ line: 3, column: 5 })
})

test('a problem of a name alone has its line', () => {
  expect(problemsOf('sources:\n  - demo\n  - demo\n  - 5\n  - ""\n')).toEqual([
    'mood.yml:3 sources[1]: two sources are called "demo": give this one a `name` of its own',
    'mood.yml:4 sources[2]: expected the name of a plugin or a mapping with `use`, got 5',
    'mood.yml:5 sources[3].use: expected at least 1 character, got ""',
  ])
})

test('the configuration of the design works as it is', () => {
  const { config, baseDir } = load(`
server:
  listen: 127.0.0.1:9747          # pick the default yourself
sources:
  - use: tcp
    connect: 127.0.0.1:9999       # or listen:
    format: twitter-v1
  - name: archive
    use: file
    path: ./tweets.tsv.gz
    format: { use: csv, delimiter: "\\t", columns: [label, text] }
topics:
  galaxy:
    any: [galaxy s26, 갤럭시]
    not: [galaxy watch]
scorers:
  - use: afinn
  - use: ./exclaim.ts
    weight: 0.3
extractors:
  - use: hashtags
    top: 10
windows:
  - { size: 1s, lateness: 2s }
  - { size: 1m, slide: 10s }
`)
  expect(config.sources[1]?.format).toEqual({ use: 'csv', delimiter: '\t', columns: ['label', 'text'] })
  expect(config.scorers[1]).toEqual({ use: './exclaim.ts', weight: 0.3 })
  expect(baseDir).toBe(join(process.cwd(), 'conf'))
})

test.for<[name: string, text: string, problems: string[]]>([
  ['an empty file', '', ['mood.yml:1: is empty: the least there can be is `sources: [{ use: demo }]`']],
  [
    'only comments',
    '# hello\n',
    ['mood.yml:1: is empty: the least there can be is `sources: [{ use: demo }]`'],
  ],
  ['a list', '- use: demo', ['mood.yml:1: expected a mapping, such as `sources: …`, got a list']],
  ['a word', 'hello', ['mood.yml:1: expected a mapping, such as `sources: …`, got a single value']],
  ['no sources', 'workers: 1', ['mood.yml:1 sources: missing: expected a list']],
  [
    'plugins without `use`',
    'sources: [{ rate: 5 }]\nscorers: [{}]\nextractors: [{}]\noutputs: [{ name: x }]',
    [
      'mood.yml:1 sources[0].use: missing: name a plugin, such as "demo"',
      'mood.yml:2 scorers[0].use: missing: name a plugin, such as "vader"',
      'mood.yml:3 extractors[0].use: missing: name a plugin, such as "hashtags"',
      'mood.yml:4 outputs[0].use: missing: name a plugin, such as "stdout"',
    ],
  ],
  [
    'a plugin whose `use` is no text',
    'sources: [{ use: 5 }]',
    ['mood.yml:1 sources[0].use: expected a text, got 5; put it in quotes'],
  ],
  [
    'one value instead of a mapping',
    `${DEMO}state: ./state\nwindows: [1m]\nserver: ":5"\nlimits: 5`,
    [
      'mood.yml:2 state: expected a mapping, got "./state"; write { dir: ./state }',
      'mood.yml:3 windows[0]: expected a mapping, got "1m"; write { size: 1m }',
      'mood.yml:4 server: expected a mapping, got ":5"; write { listen: :5 }',
      'mood.yml:5 limits: expected a mapping, got 5',
    ],
  ],
  [
    'a URL with a password instead of a mapping',
    `${DEMO}state: https://me:hunter2@host`,
    [expect.not.stringMatching(/hunter2|write/)],
  ],
  [
    'a mistyped section',
    `${DEMO}\nextractor:\n  - use: words`,
    ['mood.yml:3 extractor: unknown key "extractor", did you mean "extractors"?'],
  ],
  [
    'a mistyped key deep inside',
    `${DEMO}windows:\n  - size: 1m\n    silde: 10s`,
    ['mood.yml:4 windows[0].silde: unknown key "silde", did you mean "slide"?'],
  ],
  [
    'an address without a port',
    `${DEMO}server:\n  listen: kafka`,
    ['mood.yml:3 server.listen: expected "host:port", such as "127.0.0.1:9999", got "kafka"'],
  ],
  [
    'a duration without a unit',
    `${DEMO}windows:\n  - size: 5`,
    ['mood.yml:3 windows[0].size: expected a number with a unit (ms, s, m, h, d), such as "10s", got 5'],
  ],
  [
    'a missing key, at its nearest parent',
    `${DEMO}windows:\n  - slide: 5s`,
    ['mood.yml:3 windows[0].size: missing: expected a number with a unit (ms, s, m, h, d), such as "10s"'],
  ],
  [
    'a level that does not exist',
    `${DEMO}log: { level: wran }`,
    [
      'mood.yml:2 log.level: expected "trace", "debug", "info", "warn", "error", "fatal" or "silent", got "wran"; did you mean "warn"?',
    ],
  ],
  [
    'a topic of the wrong type, for which all alternatives are named',
    `${DEMO}topics:\n  a: [x]\n  b: 5`,
    ['mood.yml:4 topics.b: expected a list or a mapping, got 5'],
  ],
  [
    'a mistake inside one alternative, of which alone is spoken',
    `${DEMO}topics:\n  a b:\n    any: [x, 5]`,
    ['mood.yml:4 topics["a b"].any[1]: expected a text, got 5; put it in quotes'],
  ],
  [
    'keywords that are neither a list nor `all`',
    `${DEMO}topics:\n  a: { any: tea }`,
    ['mood.yml:3 topics.a.any: expected "all" or a list, got "tea"; write a list of one as ["tea"]'],
  ],
  [
    'a topic without keywords',
    `${DEMO}topics:\n  a: {}`,
    ['mood.yml:3 topics.a: expected keywords in `any`, `all` or `not`, or a ranking in `from`'],
  ],
  [
    'keywords that show nothing, each in one message',
    `${DEMO}topics:\n  a: ["", " ", "\\u200b"]`,
    [
      'mood.yml:3 topics.a[0]: expected a keyword with visible characters, got ""',
      'mood.yml:3 topics.a[1]: expected a keyword with visible characters, got " "',
      'mood.yml:3 topics.a[2]: expected a keyword with visible characters, got "\u200b"',
    ],
  ],
  [
    'a topic of an impossible name',
    `${DEMO}topics:\n  "a!": [x]`,
    [
      'mood.yml:3 topics["a!"]: expected up to 63 letters, digits, spaces, "_", "." or "-", the first a letter or digit, got "a!"',
    ],
  ],
  [
    'a slide that does not divide the size',
    `${DEMO}windows: [{ size: 1m, slide: 7s }]`,
    ['mood.yml:2 windows[0].slide: expected a slide that divides the size, 1m, got 7s'],
  ],
  [
    'a slide beyond the size',
    `${DEMO}windows: [{ size: 1s, slide: 2s }]`,
    ['mood.yml:2 windows[0].slide: expected at most the size, 1s, got 2s'],
  ],
  [
    'too many slides',
    `${DEMO}windows: [{ size: 1h, slide: 100ms }]`,
    ['mood.yml:2 windows[0].slide: expected at most 3600 slides to a window, got 36000'],
  ],
  [
    'a window of part of a millisecond',
    `${DEMO}windows: [{ size: 1.5ms }]`,
    ['mood.yml:2 windows[0].size: expected a whole number of milliseconds, 1 or more, got "1.5ms"'],
  ],
  [
    'two windows of one label',
    `${DEMO}windows:\n  - size: 60s\n  - size: 1m\n    slide: 10s`,
    ['mood.yml:4 windows[1].size: expected windows of different sizes, got 1m twice'],
  ],
  [
    'a window of terms that cannot be cut in six',
    `${DEMO}extractors: [{ use: words, windows: [{ size: 1s }] }]`,
    [
      'mood.yml:2 extractors[0].windows[0].size: a sixth of 1s is no whole number of milliseconds: give it a `slide`, got "1s"',
    ],
  ],
  [
    'more slices than may be open',
    `${DEMO}windows: [{ size: 1s, lateness: 2h }]`,
    [
      'mood.yml:2 windows[0].size: expected at most 4096 slices (limits.slices), got 7201 of 1s: let the window slide further',
    ],
  ],
  [
    'a key that was renamed',
    `${DEMO}limits: { panes: 100 }`,
    ['mood.yml:2 limits.panes: unknown key "panes": it was renamed to "slices"'],
  ],
  [
    'thresholds the wrong way round',
    `${DEMO}sentiment:\n  positive: -0.5\n  negative: 0.5`,
    ['mood.yml:2 sentiment: `negative` must lie below `positive`'],
  ],
  [
    'one plugin used twice without a name',
    'sources:\n  - use: tcp\n  - use: tcp\n  - use: file\n    name: tcp',
    [
      'mood.yml:3 sources[1]: two sources are called "tcp": give this one a `name` of its own',
      'mood.yml:5 sources[2].name: two sources are called "tcp": give this one a `name` of its own',
    ],
  ],
  [
    'a state that is never committed',
    `${DEMO}state: { dir: ./state, interval: 0s }`,
    ['mood.yml:2 state.interval: expected from 50ms to 1m, got "0s"'],
  ],
  [
    'a variable that is not set, once',
    'sources:\n  - use: demo\nworkers: ${CORES}',
    ['mood.yml:3 workers: the environment variable CORES is not set; set it, or write ${CORES:-default}'],
  ],
  [
    'a secret of the wrong type, whose value is not shown',
    `sources:\n  - use: demo\n    name: [x]\n    dedupe: "https://me:pw@host"`,
    [
      'mood.yml:3 sources[0].name: expected up to 63 letters, digits, "_", "." or "-", the first a letter or digit, got a list',
      'mood.yml:4 sources[0].dedupe: expected true or false or a mapping, got "https://me:********@host"',
    ],
  ],
  ['a duplicate key', `${DEMO}workers: 1\nworkers: 2`, ['mood.yml:3: duplicate key "workers"']],
  [
    'broken YAML, once',
    `${DEMO}a: [1\nb: 2\nc: }`,
    [
      'mood.yml:3: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ],
  [
    'a reference among braces',
    'sources: [{ use: ${WHAT} }]',
    [
      'mood.yml:1: is not valid YAML: Unexpected flow-map-start at node end; inside { } or [ ], put "${NAME}" in quotes',
    ],
  ],
  ['several documents', `${DEMO}---\n${DEMO}`, ['mood.yml:2: expected one YAML document, got several']],
  ['YAML 1.1', `%YAML 1.1\n---\n${DEMO}`, ['mood.yml:1: expected YAML 1.2, got 1.1']],
  [
    'an alias without an anchor',
    'sources: *a',
    ['mood.yml:1: there is no anchor "&a" before this alias; put a text that begins with "*" in quotes'],
  ],
  ['an alias within itself', 'sources: &a [*a]', ['mood.yml:1: the alias "*a" contains itself']],
  [
    'a tag',
    `${DEMO}topics: !js/function x`,
    [
      'mood.yml:2: expected a value without a tag, got "!js/function"; put a text that begins with "!" in quotes',
    ],
  ],
  ['a key that is a list', `${DEMO}? [a]\n: 1`, ['mood.yml:2: expected a plain key']],
  ['__proto__', `${DEMO}topics:\n  __proto__: [x]`, ['mood.yml:3: unknown key "__proto__"']],
  [
    'a topic with keywords and a ranking',
    `${DEMO}topics:\n  a: { from: signal, not: [x] }`,
    ['mood.yml:3 topics.a.from: expected either keywords or `from`, got "signal"'],
  ],
  [
    'a number of terms of no ranking',
    `${DEMO}topics:\n  a: { any: [x], top: 3 }`,
    ['mood.yml:3 topics.a.top: expected `from` beside it, got 3'],
  ],
  [
    'two windows of rankings of one size',
    `${DEMO}rankings: { windows: [1h, 60m, 2h] }`,
    ['mood.yml:2 rankings.windows[1]: expected windows of different sizes, got 1h twice'],
  ],
  [
    'a window of rankings that is too long',
    `${DEMO}rankings: { windows: [32d] }`,
    ['mood.yml:2 rankings.windows[0]: expected from 1m to 31d, got "32d"'],
  ],
  ['deep nesting', '['.repeat(20_000), ['mood.yml:1: is nested too deeply']],
  [
    'deep nesting that parses',
    `${DEMO}x: ${'['.repeat(300)}${']'.repeat(300)}`,
    ['mood.yml:2: is nested too deeply'],
  ],
])('%s is rejected with its place', ([, text, problems]) => {
  expect(problemsOf(text)).toEqual(problems)
})

const tea = (keywords: string) => `${DEMO}topics:\n  tea:${keywords}\n`

test.for<[what: string, text: string, problems: string[]]>([
  [
    'a hashtag in a list',
    `${tea('\n    any:\n      - #tea\n      - chai')}workers: x`,
    [
      'mood.yml:5 topics.tea.any[0]: expected a text, got nothing; a text that begins with "#" needs quotes: "#tea"',
      'mood.yml:7 workers: expected a number, got "x"',
    ],
  ],
  [
    'a hashtag for a topic',
    tea(' #tea, #chai'),
    [
      'mood.yml:3 topics.tea: expected a list or a mapping, got nothing; a text that begins with "#" needs quotes: "#tea"',
    ],
  ],
  [
    'hashtags on lines of their own',
    tea('\n    any:\n      #tea\n      #차'),
    [
      'mood.yml:4 topics.tea.any: expected "all" or a list, got nothing; a text that begins with "#" needs quotes: "#tea"',
    ],
  ],
  [
    'hashtags within brackets',
    tea(' [#tea, #chai]'),
    [
      'mood.yml:3: is not valid YAML: Comments must be separated from other tokens by white space characters; a text that begins with "#" needs quotes: "#tea"',
    ],
  ],
  [
    'a hashtag that makes a comment of the bracket',
    tea(' [C#, #tea]'),
    [
      'mood.yml:4: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; a text that begins with "#" needs quotes: "#tea"',
    ],
  ],
  [
    'a mention',
    tea(' [@acme]'),
    [
      'mood.yml:3: is not valid YAML: Plain value cannot start with reserved character @; a text that begins with "@" needs quotes: "@acme"',
    ],
  ],
  [
    'an anchor',
    tea(' [&tea]'),
    [
      'mood.yml:3 topics.tea[0]: expected a text, got nothing; a text that begins with "&" needs quotes: "&tea"',
    ],
  ],
  [
    'an apostrophe in single quotes',
    tea(" ['wendy's']"),
    [
      "mood.yml:3: is not valid YAML: Missing , or : between flow sequence items; within '…' write '' for an apostrophe",
    ],
  ],
  [
    'a quote in double quotes',
    tea(' ["say "hi""]'),
    [
      'mood.yml:3: is not valid YAML: Missing , or : between flow sequence items; within "…" write \\" for a quote',
    ],
  ],
  [
    'a colon',
    tea(' [re: zero]'),
    ['mood.yml:3 topics.tea[0]: expected a text, got a mapping; put a text that contains ": " in quotes'],
  ],
  [
    'words that YAML reads as something else',
    tea(' [2026, no, true, ~]'),
    [
      'mood.yml:3 topics.tea[0]: expected a text, got 2026; put it in quotes',
      'mood.yml:3 topics.tea[2]: expected a text, got true; put it in quotes',
      'mood.yml:3 topics.tea[3]: expected a text, got nothing',
    ],
  ],
  [
    'one keyword that is no list',
    tea(' chai'),
    ['mood.yml:3 topics.tea: expected a list or a mapping, got "chai"; write a list of one as ["chai"]'],
  ],
])('%s without the quotes or brackets it needs: the problem says what to write', ([, text, problems]) => {
  expect(problemsOf(text)).toEqual(problems)
})

test('a comment beside an empty value is not read as a text', () => {
  expect(problemsOf(tea(' # to do'))).toEqual([
    'mood.yml:3 topics.tea: expected a list or a mapping, got nothing',
  ])
})

test('rejects exponential alias expansion ("billion laughs")', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let i = 1; i < 10; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    )
  expect(problemsOf(lines.join('\n'))).toEqual(['mood.yml:1: its aliases expand to too many values'])
})

test('all problems are reported at once, in the order of the file', () => {
  const text = `
workers: -1
sources:
  - use: demo
    dedupe: { posts: 5 }
topic: {}
log:
  level: \${LEVEL}
  format: xml
windows:
  - size: 1m
    slide: 7s
`
  expect(problemsOf(text).map(problem => problem.split(': ')[0])).toEqual([
    'mood.yml:2 workers',
    'mood.yml:5 sources[0].dedupe.posts',
    'mood.yml:6 topic',
    'mood.yml:8 log.level',
    'mood.yml:9 log.format',
    'mood.yml:12 windows[0].slide',
  ])
})

test('an empty section equals an absent one', () => {
  expect(load(`${DEMO}topics:\n#  a: [b]\nserver:\n`).config.topics).toEqual({})
})

test('an alias is resolved, and its problems have a place', () => {
  const text = 'sources:\n  - use: demo\n    keys: &k { a: 1 }\n  - use: tcp\n    keys: *k\n'
  expect(load(text).config.sources[1]).toEqual({ use: 'tcp', keys: { a: 1 } })
  expect(load(text).problem(['sources', 1, 'keys', 'a'], 'no')).toMatchObject({ line: 3, column: 16 })
})

test('references with numeric values become numbers, and stay strings in quotes', () => {
  const { config } = load('sources:\n  - use: demo\n    rate: ${N}\n    id: "${N}"\nworkers: ${N}', {
    N: '3',
  })
  expect(config.sources[0]).toEqual({ use: 'demo', rate: 3, id: '3' })
  expect(config.workers).toBe(3)
})

test('a window of 1.005s has 1005 ms', () => {
  expect(load(`${DEMO}windows: [{ size: 1.005s }]`).config.windows[0]?.size).toBe(1005)
})

test('a problem found later is placed by its path, or by the nearest parent', () => {
  const { problem } = load('sources:\n  - use: tcp\n    connect: :1\n    tls:\n      ca: x\n')
  expect(problem(['sources', 0, 'tls', 'ca'], 'no such file')).toEqual({
    file: 'conf/mood.yml',
    line: 5,
    column: 7,
    path: 'sources[0].tls.ca',
    message: 'no such file',
    code: 'ERR_CONFIG_INVALID',
  })
  expect(problem(['sources', 0, 'token'], 'missing', 'ERR_PLUGIN_FAILED')).toMatchObject({
    line: 2,
    column: 5,
  })
})

test('the shown configuration has no secret, no comment and no variable in it', () => {
  const { shown, show } = load(
    `# token: old\nsources:\n  - use: http\n    token: "\${TOKEN}"\n    password: hunter2\n    pin: 1234\n    rate: \${RATE}\n`,
    { TOKEN: 'abc', RATE: '5' },
  )
  expect(shown).toBe(
    'sources:\n  - use: http\n    token: ${TOKEN}\n    password: "********"\n    pin: 1234\n    rate: ${RATE}\n',
  )
  expect(show([['sources', '*', 'pin']])).toContain('pin: "********"')
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

const unreadable = async (file: string) => {
  const result = await loadConfig(file, {})
  return result.ok ? [] : result.problems.map(formatProblem)
}

test('a file is loaded, with its folder as the base', async () => {
  await writeFile(join(folder, 'mood.yml'), `\ufeff${DEMO.replace('\n', '\r\n')}`)
  const result = await loadConfig(join(folder, 'mood.yml'), {})
  expect(result).toMatchObject({
    ok: true,
    loaded: { baseDir: folder, config: { sources: [{ use: 'demo' }] } },
  })
})

test('a file that cannot be read is reported in one line', async () => {
  const latin = join(folder, 'latin.yml')
  await writeFile(latin, Buffer.from([0x61, 0xe9, 0x62]))
  const large = join(folder, 'large.yml')
  await writeFile(large, Buffer.alloc(4 * 2 ** 20 + 1, '#'))
  const none = join(folder, 'none.yml')
  expect(await unreadable(none)).toEqual([`${none}: cannot be read: no such file (ERR_CONFIG_UNREADABLE)`])
  expect(await unreadable(folder)).toEqual([
    `${folder}: cannot be read: it is a folder (ERR_CONFIG_UNREADABLE)`,
  ])
  expect(await unreadable(latin)).toEqual([
    `${latin}: cannot be read: it is not valid UTF-8 (ERR_CONFIG_UNREADABLE)`,
  ])
  expect(await unreadable(large)).toEqual([
    `${large}: cannot be read: it is larger than 4MiB (ERR_CONFIG_UNREADABLE)`,
  ])
})

test.each(['record_bytes: 0B', 'queue_bytes: 0B', 'worker_memory: 0KiB', 'plugin_timeout: 0s'])(
  'rejects a limit that would let nothing through: %s',
  limit => {
    const result = parseConfig(`sources: [{ use: demo }]\nlimits: { ${limit} }\n`, 'mood.yml')
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('expected more than 0'),
    ])
  },
)

test('the code distinguishes a syntax error from an invalid value', () => {
  const codes = (text: string) => {
    const result = parseConfig(text, 'mood.yml')
    return result.ok ? [] : result.problems.map(({ code }) => code)
  }
  expect(codes('sources: [')).toEqual(['ERR_CONFIG_SYNTAX'])
  expect(codes('sources: [{ use: demo }]\nworkers: -1')).toEqual(['ERR_CONFIG_INVALID'])
})
