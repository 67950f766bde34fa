import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, onTestFinished, test } from 'vitest'
import { parse, stringify } from 'yaml'
import packageJson from '../package.json' with { type: 'json' }
import { METRICS } from '../src/catalogue/metrics.ts'
import { createProgram } from '../src/cli/program.ts'
import { describeOptions } from '../src/config/describe.ts'
import { parseConfig } from '../src/config/load.ts'
import { formatProblem } from '../src/config/problem.ts'
import { configSchema } from '../src/config/schema.ts'
import { builtInPlugins } from '../src/loader/load.ts'
import { validate } from '../src/loader/validate.ts'
import { exportedName } from '../src/plugin/metric-definitions.ts'
import { readWebConfig } from '../src/server/web-config.ts'
import { tool } from '../tools/stack/tools.ts'
import { codeBlocks, inlineCode } from './support/markdown.ts'
import { ROOT, run } from './support/package.ts'
import { selfSigned } from './support/self-signed.ts'

const DOCUMENTS = globSync('{*.md,docs/**/*.md,plugins/**/README.md,grafana/*.md,deploy/**/*.md}', {
  cwd: ROOT,
})

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const blocksOf = (language: string) =>
  DOCUMENTS.flatMap(document =>
    codeBlocks(read(document))
      .filter(block => block.language === language)
      .map((block, i) => ({ ...block, document, label: `${document} ${block.mark ?? i + 1}` })),
  )

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

const SECTIONS = describeOptions(configSchema)
  .map(({ name }) => name)
  .filter(name => !/[.[]/.test(name))

const keysOf = (yaml: string) => Object.keys(parse(yaml) as object)

/** Blocks that other programs read, recognised by their first key. */
const isPrometheus = (yaml: string) => /^(?:#.*\n)*(?:global|scrape_configs|rule_files|alerting):/.test(yaml)
const isRules = (yaml: string) => yaml.startsWith('groups:')
const isAlertmanager = (yaml: string) => /^(?:route|receivers):/.test(yaml)
const isCompose = (yaml: string) => yaml.startsWith('services:')
const isWebConfig = (yaml: string) => /^(?:#.*\n)*tls_server_config:/.test(yaml)

const GUIDE = 'docs/writing-a-plugin.md'

/** The value of every secret that a block takes from the environment or from a file. */
const SECRET = 'a-secret-of-some-length'

const YAML_BLOCKS = blocksOf('yaml')

test.for(YAML_BLOCKS.filter(({ text }) => keysOf(text).some(key => SECTIONS.includes(key))))(
  'the configuration of $label passes `check`',
  async ({ document, text }) => {
    const folder = temporaryFolder()
    // The files that a document shows, and the plugins of the guide.
    for (const { mark, text } of [GUIDE, document].flatMap(path => codeBlocks(read(path))))
      if (mark && /^[\w.-]+$/.test(mark)) writeFileSync(join(folder, mark), text)
    for (const [, file] of text.matchAll(/_file: (\.\/\S+?)[\s,}]/g))
      writeFileSync(join(folder, file as string), SECRET)
    // A part of a configuration is shown without the sources that each must have.
    const whole = keysOf(text).includes('sources') ? text : `sources: [demo]\n${text}`
    const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name as string)
    const env = Object.fromEntries(names.map(name => [name, SECRET]))
    const result = parseConfig(whole, join(folder, 'mood.yml'), env)
    const problems = result.ok ? (await validate(result.loaded)).problems : result.problems
    expect(problems.map(formatProblem)).toEqual([])
  },
)

test.for(YAML_BLOCKS.filter(({ text }) => isPrometheus(text) || isRules(text)))(
  'promtool takes $label',
  async ({ text }, context) => {
    const promtool = tool(context, 'promtool')
    const folder = temporaryFolder()
    cpSync(join(ROOT, 'prometheus/rules'), join(folder, 'mood-exporter'), { recursive: true })
    writeFileSync(join(folder, 'block.yml'), text)
    const what = isRules(text) ? 'rules' : 'config'
    expect(await run(promtool, ['check', what, join(folder, 'block.yml')])).toMatchObject({ code: 0 })
  },
)

test.for(YAML_BLOCKS.filter(({ text }) => isAlertmanager(text)))(
  'amtool takes $label',
  async ({ text }, context) => {
    const amtool = tool(context, 'amtool')
    const folder = temporaryFolder()
    const { route = {}, ...rest } = parse(text)
    const [receiver] = rest.receivers
    writeFileSync(
      join(folder, 'block.yml'),
      stringify({ route: { receiver: receiver.name, ...route }, ...rest }),
    )
    expect(await run(amtool, ['check-config', join(folder, 'block.yml')])).toMatchObject({ code: 0 })
  },
)

test.for(YAML_BLOCKS.filter(({ text }) => isCompose(text)))(
  'the services of $label are those of docker-compose.yml',
  ({ text }) => {
    const { services } = parse(read('docker-compose.yml'))
    expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(parse(text).services)))
  },
)

test.for(YAML_BLOCKS.filter(({ text }) => isWebConfig(text)))('the exporter takes $label', ({ text }) => {
  const folder = temporaryFolder()
  selfSigned(folder, 'server')
  writeFileSync(join(folder, 'web.yml'), text.replace('$2y$10$…', `$2y$10$${'a'.repeat(53)}`))
  expect(readWebConfig(join(folder, 'web.yml'))).toMatchObject({ users: expect.anything() })
})

test('every YAML block is of a kind that is checked', () => {
  const isKnown = (text: string) =>
    keysOf(text).some(key => SECTIONS.includes(key)) ||
    [isPrometheus, isRules, isAlertmanager, isCompose, isWebConfig].some(is => is(text))
  expect(YAML_BLOCKS.filter(({ text }) => !isKnown(text)).map(({ label }) => label)).toEqual([])
  expect(YAML_BLOCKS.length).toBeGreaterThan(70)
})

test('every block of TypeScript is a file that a test runs, or is marked as a fragment', () => {
  const unmarked = blocksOf('ts').filter(
    ({ mark }) => mark !== 'fragment' && !/^[\w.]+\.ts$/.test(mark ?? ''),
  )
  expect(unmarked.map(({ label }) => label)).toEqual([])
})

/** Programs that are not of this project; what they do depends on the machine, Docker or a network. */
const OTHER_PROGRAMS =
  /^(?:cat|cp|curl|docker|done|for|echo|git|go|grep|kubectl|printf|prometheus|promtool|sed|sleep|systemctl|tar|tee|install|mv)$/

/** Words of npm that are not scripts. */
const NPM_COMMANDS = ['ci', 'install']

/** The commands of a shell script, each as its words: without comments, variables, redirections and `sudo`. */
function commandsOf(script: string): string[][] {
  const plain = script.replace(/<<'(\w+)'\n.*?^\1$/gms, '').replace(/\\\n/g, ' ')
  return plain.split('\n').flatMap(line => {
    const words = [...line.matchAll(/(?:[^\s"'#|;&<>]|"[^"]*"|'[^']*'|(?<=\S)#)+|#.*|[|;&<>]+/g)].map(
      ([word]) => word,
    )
    const commands: string[][] = [[]]
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as string
      if (word.startsWith('#')) break
      if (/^[<>]/.test(word)) i++
      else if (/^[|;&]+$/.test(word)) commands.push([])
      else commands.at(-1)?.push(word.replace(/(["'])(.*?)\1/g, '$2'))
    }
    return commands.map(withoutPrefixes).filter(({ length }) => length > 0)
  })
}

function withoutPrefixes(words: string[]): string[] {
  const start = words.findIndex(word => !/^(?:[A-Za-z_]+=.*|sudo|while|do)$/.test(word))
  return start < 0 ? [] : words.slice(start)
}

/** The arguments of `mood-exporter` in a command, however it is started; null if it is another program. */
function exporterArguments([program, ...rest]: string[]): string[] | null {
  if (program === 'mood-exporter') return rest
  if (program === 'npx') return rest[0] === 'mood-exporter' ? rest.slice(1) : null
  if (program === 'node') return rest[0] === 'bin/mood-exporter.mjs' ? rest.slice(1) : null
  if (program !== 'docker' || !rest.includes('run')) return null
  const image = rest.findIndex(word => word === 'exporter' || word === 'mood-exporter')
  return image < 0 || image === rest.length - 1 ? null : rest.slice(image + 1)
}

/** The program with nothing behind its commands: it only reads a command line. */
function idleProgram(): Command {
  const idle = (command: Command): Command => {
    command.action(() => {})
    for (const below of command.commands) idle(below as Command)
    return command
  }
  const program = createProgram()
  for (const command of program.commands) idle(command as Command)
  return program
}

const COMMANDS = blocksOf('sh').flatMap(({ text, document }) =>
  commandsOf(text).map(words => ({ words, document, label: `${document}: ${words.join(' ')}` })),
)

test('every command is of a program that there is, with options, scripts and files that there are', async () => {
  const wrong: string[] = []
  for (const { words, label } of COMMANDS) {
    const [program = '', ...rest] = words
    const args = exporterArguments(words)
    if (args) {
      await idleProgram()
        .parseAsync(args, { from: 'user' })
        .catch((error: Error) => wrong.push(`${label}: ${error.message}`))
    } else if (program === 'npm') {
      const script = rest[0] === 'run' ? rest[1] : rest[0]
      if (!NPM_COMMANDS.includes(script as string) && !((script as string) in packageJson.scripts))
        wrong.push(label)
    } else if (program !== 'node' && !OTHER_PROGRAMS.test(program)) wrong.push(label)
    // Paths of the repository: a folder, a file, a pattern or the beginning of one.
    const paths = rest.filter(word =>
      /^(?:alertmanager|bench|bin|deploy|docker|docs|grafana|packaging|plugins|prometheus|src|test|tools)\/\S/.test(
        word,
      ),
    )
    const isWritten = (path: string) => path.startsWith('docker/secrets/') || path.includes('node_modules')
    for (const path of paths)
      if (!isWritten(path) && globSync(`${path}*`, { cwd: ROOT }).length === 0)
        wrong.push(`${label}: ${path}`)
  }
  expect(wrong).toEqual([])
  expect(COMMANDS.length).toBeGreaterThan(70)
})

/** Keys of other programs that begin like one of ours. */
const FOREIGN_KEYS = ['log.file.path']

test('keys that the text names are in the schema', () => {
  const keys = new Set(describeOptions(configSchema).map(({ name }) => name.replace(/\[\]/g, '')))
  const named = DOCUMENTS.filter(document => document !== 'CHANGELOG.md').flatMap(document =>
    inlineCode(read(document))
      .filter(code => new RegExp(`^(?:${SECTIONS.join('|')})(?:\\.\\w+)+$`).test(code))
      .map(key => ({ document, key })),
  )
  const isFile = (key: string) =>
    existsSync(join(ROOT, key)) || /\.(?:db|ts|yml|log)$/.test(key) || FOREIGN_KEYS.includes(key)
  expect(named.filter(({ key }) => !keys.has(key) && !isFile(key))).toEqual([])
  expect(named.length).toBeGreaterThan(50)
})

test('metrics that the documentation names are in the catalogue, or are those of a built-in plugin', async () => {
  const plugins = (await builtInPlugins()).flatMap(({ name, metrics = {} }) =>
    Object.entries(metrics).map(([metric, definition]) => exportedName(name, metric, definition)),
  )
  // That of the example `remote.ts` in the guide.
  const known = [...Object.keys(METRICS), ...plugins, 'mood_plugin_remote_requests_total']
  const isKnown = (name: string) =>
    known.includes(name) || known.includes(name.replace(/_(?:bucket|sum|count)$/, ''))
  const unknown = DOCUMENTS.filter(document => document !== 'CHANGELOG.md').flatMap(document =>
    [...read(document).matchAll(/(?<![\w:./-])mood_\w+(?![\w:…*.])/g)]
      .map(([name]) => name)
      .filter(name => !isKnown(name) && !/_[A-Z]/.test(name) && !name.endsWith('_'))
      .map(name => `${document}: ${name}`),
  )
  expect([...new Set(unknown)]).toEqual([])
})
