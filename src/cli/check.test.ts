import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Problem } from '../config/problem.ts'
import { TOKEN_REQUIRED } from '../plugin/index.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-check-'))
})
afterAll(() => rm(folder, { recursive: true }))

const write = (name: string, content: string) => writeFile(join(folder, name), content)

async function run(args: string[]) {
  const child = spawn(process.execPath, [MAIN, 'check', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { out, err, code }
}

/** Problems and warnings as `path: message`, and the exit code. */
async function check(yaml: string, ...args: string[]) {
  await write('mood.yml', yaml)
  const { out, code } = await run(['--json', ...args])
  const { problems, warnings } = JSON.parse(out) as { problems: Problem[]; warnings: Problem[] }
  const shown = ({ path, message }: Problem) => `${path}: ${message}`
  return { problems: problems.map(shown), warnings: warnings.map(shown), code }
}

/** A plugin of this kind whose `create` is this expression. */
const plugin = (kind: string, name: string, create: string) =>
  write(
    `${name}.ts`,
    `import { define${kind}, z } from 'mood-exporter/plugin'
export default define${kind}({ name: '${name}', description: 'x', options: z.object({}), create: ${create} } as never)
`,
  )

test('check creates plugins: what `create` rejects, a missing method and an endless loop are problems', async () => {
  await plugin('Scorer', 'misspelt', '() => ({ scor: () => 1 })')
  await plugin('Extractor', 'endless', '() => { for (;;); }')
  await plugin('Format', 'odd', "() => ({ decode: () => null, framing: { kind: 'pages' } })")
  await plugin('Source', 'luckless', "() => { throw new Error('no luck') }")
  const { problems, code } = await check(`sources:
  - ./luckless.ts
  - { use: demo, format: ./odd.ts }
scorers: [auto, ./misspelt.ts]
extractors: [./endless.ts]
limits: { create_timeout: 5s }
`)
  expect(problems).toEqual([
    expect.stringMatching(/^sources\[0\]: source luckless could not be created: no luck /),
    expect.stringMatching(/^sources\[1\]\.format: format odd could not be created: framing: expected /),
    expect.stringMatching(/^scorers\[1\]: .*, got `scor`: rename it to `score`$/),
    expect.stringMatching(
      /^extractors\[0\]: extractor endless could not be created: no result within 5000 ms$/,
    ),
  ])
  expect(code).toBe(1)
})

test('a token that is missing has the same message everywhere, with its place', async () => {
  await check(`server: { listen: ":0" }
alertmanager: {}
outputs: [stdout]
sources:
  - { use: http, listen: ":0" }
  - { use: tcp, listen: "0.0.0.0:0" }
`)
  const { err } = await run([])
  expect(err.split('\n').slice(0, 3)).toEqual(
    ['mood.yml:2 alertmanager', 'mood.yml:5 sources[0]', 'mood.yml:6 sources[1]'].map(
      place => `${place}.token: missing: ${TOKEN_REQUIRED} (ERR_CONFIG_INVALID)`,
    ),
  )
})

test.for([
  ['sources: [{ use: demo, rate: x }]', '1 problem. The plugins themselves are checked after it is fixed.'],
  [
    'sources: [{ use: demo, rate: x }]\nworkers: -1',
    '2 problems. Names that refer to other sections, and the plugins themselves, are checked after these are fixed.',
  ],
  ['sources: [', '1 problem. Everything else is checked after it is fixed.'],
  ['', '1 problem'],
  ['sources: [demo]\nserver: { listen: "192.0.2.1:0" }', '1 problem'],
] as const)('check says what it has not checked: %j', async ([yaml, end]) => {
  await check(yaml)
  const { err } = await run([])
  expect(err.trimEnd().split('\n').at(-1)).toBe(end)
})

test('check aborts and closes what it created, and runs nothing', async () => {
  await plugin(
    'Source',
    'noted',
    `(_, { signal, log }) => {
      signal.addEventListener('abort', () => process.stderr.write('aborted\\n'))
      return { run() { process.stderr.write('run\\n') }, close() { process.stderr.write('closed\\n') } }
    }`,
  )
  await write('noted.yml', 'sources: [./noted.ts]\n')
  const { err, code } = await run(['--config', 'noted.yml'])
  expect({ err, code }).toEqual({ err: 'aborted\nclosed\n', code: 0 })
})

test('warnings do not fail a check: a file that is missing, a keyword that can match nothing, what plugins warn of', async () => {
  const { problems, warnings, code } = await check(`sources:
  - { use: file, path: ./none.jsonl }
topics:
  tea: { any: [tea, green tea], not: [tea] }
outputs:
  - { use: webhook, url: "http://example.org/", token: abc }
server: { listen: "127.0.0.1:0" }
`)
  expect(problems).toEqual([])
  expect(warnings).toEqual([
    expect.stringMatching(/^sources\[0\]: no file matches `path` \(path="\.\/none\.jsonl", /),
    'topics.tea.any[0]: matches no post: every post with it contains "tea", which `not` excludes',
    expect.stringMatching(/^outputs\[0\]: the token crosses the network in the clear/),
  ])
  expect(code).toBe(0)
})

test('limits that plugins declare too high are warnings, those of the configuration problems', async () => {
  await plugin(
    'Scorer',
    'greedy',
    '() => ({ concurrency: 1e9, batchSize: Infinity, scoreBatch: async () => [] })',
  )
  const { warnings, ...lowered } = await check(`sources: [demo]
scorers: [./greedy.ts, { use: ensemble, scorers: [afinn, ./greedy.ts] }]
server: { listen: "127.0.0.1:0" }
`)
  expect(lowered).toEqual({ problems: [], code: 0 })
  expect(warnings).toEqual(
    [0, 1].flatMap(place => [
      `scorers[${place}]: \`batchSize\` is Infinity: 10000 is used, the most that is possible`,
      `scorers[${place}]: \`concurrency\` is 1000000000: 1000 is used, the most that is possible`,
    ]),
  )
  const refused = await check(`sources: [demo]
scorers: [{ use: http, url: "http://127.0.0.1:9/", concurrency: 1000000000 }]
`)
  expect(refused.code).toBe(1)
  expect(refused.problems).toEqual([expect.stringMatching(/^scorers\[0\]\.concurrency: .*1000/)])
})

test('a port that is configured twice is a problem; one that is in use is a warning', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  try {
    const { problems, warnings } = await check(`sources:
  - { use: tcp, listen: "127.0.0.1:${port}" }
  - { use: http, listen: ":${port}", token: abc }
server: { listen: "127.0.0.1:0" }
`)
    expect(problems).toEqual([`sources[1].listen: the port ${port} is also that of sources[0].listen`])
    expect(warnings).toEqual([
      `sources[0].listen: the port ${port} is in use, by a running exporter or another program`,
    ])
  } finally {
    taken.close()
  }
})

test('an address that does not belong to the machine is a problem', async () => {
  const { problems } = await check('sources: [demo]\nserver: { listen: "192.0.2.1:0" }\n')
  expect(problems).toEqual(['server.listen: this machine has no such address'])
})

test('--web.config.file is checked too', async () => {
  await write('web.yml', 'tls_server_config: { cert_file: none.pem, key_file: none.pem }\n')
  const { problems, code } = await check(
    'sources: [demo]\nserver: { listen: "127.0.0.1:0" }\n',
    '--web.config.file',
    'web.yml',
  )
  expect(problems).toEqual([expect.stringContaining('none.pem')])
  expect(code).toBe(1)

  await write('web.yml', 'basic_auth: {}\nrate_limit:\n  interval: soon\n  burts: 1\n')
  const { err } = await run(['--web.config.file', 'web.yml'])
  expect(err.split('\n').map(line => line.slice(0, 30))).toEqual([
    'web.yml:1 basic_auth: unknown ',
    'web.yml:3 rate_limit.interval:',
    'web.yml:4 rate_limit.burts: un',
    '3 problems',
    '',
  ])
})
