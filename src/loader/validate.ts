import { Worker } from 'node:worker_threads'
import type { ConfigDraft, LoadedConfig } from '../config/load.ts'
import { splitPlugin } from '../config/plugin-options.ts'
import type { Problem } from '../config/problem.ts'
import { isShipped, moduleUrl } from './registry.ts'
import { type Finding, inspectOne, type Question } from './validate-thread.ts'

/** The longest that one plugin's module may take to load, in milliseconds. */
const LOAD_MS = 20_000

export const DEFAULT_FORMAT = 'post'

/** What the plugins of a configuration turned out to be. */
export interface Inspection {
  problems: Problem[]
  /** In the order of the configuration. A source's format is what it names, else the source's usual one. */
  sources: {
    name: string
    live: boolean
    format: { use: string; options: Record<string, unknown> }
    formatName: string
  }[]
  scorers: { name: string }[]
  extractors: { name: string }[]
  /** Where the configuration holds secrets. */
  secrets: string[][]
}

/** Loads the plugins of a configuration and validates their options. Nothing is created or started. */
export async function inspect(loaded: LoadedConfig): Promise<Inspection> {
  const { config, baseDir } = loaded
  const questions: Question[] = []
  const ask = (kind: Question['kind'], entry: never, path: (string | number)[]) => {
    const { use, options } = splitPlugin(kind, entry)
    questions.push({ kind, use, options, path })
  }
  for (const [i, source] of config.sources.entries()) ask('source', source as never, ['sources', i])
  for (const [i, scorer] of config.scorers.entries()) ask('scorer', scorer as never, ['scorers', i])
  for (const [i, extractor] of config.extractors.entries())
    ask('extractor', extractor as never, ['extractors', i])
  const findings = await answers(questions, baseDir)

  const count = config.sources.length
  // Only now is it known which formats the sources take that name none.
  const formats: Question[] = config.sources.map(({ format }, i) => {
    if (format === undefined)
      return { kind: 'format', use: findings[i]?.format ?? DEFAULT_FORMAT, options: {}, path: ['sources', i] }
    return { kind: 'format', ...splitPlugin('format', format), path: ['sources', i, 'format'] }
  })
  const formatFindings = await answers(formats, baseDir)

  const named = (section: 'sources' | 'scorers' | 'extractors', from: number) =>
    config[section].map(({ name }, i) => ({ name: name ?? findings[from + i]?.name ?? `${section}[${i}]` }))
  const sources = named('sources', 0)
  const scorers = named('scorers', count)
  const extractors = named('extractors', count + scorers.length)
  const problems = [...findings, ...formatFindings]
    .flatMap(finding => finding.problems)
    .map(({ path, message, code }) => loaded.problem(path, message, code))
  for (const [section, entries] of Object.entries({ sources, scorers, extractors })) {
    entries.forEach(({ name }, i) => {
      if (entries.findIndex(other => other.name === name) < i)
        problems.push(
          loaded.problem(
            [section, i],
            `two ${section} are called "${name}": give this one a \`name\` of its own`,
          ),
        )
    })
  }
  const { scorer } = typeof config.alert === 'object' ? config.alert : {}
  if (scorer !== undefined && !scorers.some(({ name }) => name === scorer))
    problems.push(
      loaded.problem(
        ['alert', 'scorer'],
        `no scorer is called "${scorer}"; there is ${scorers.map(({ name }) => name).join(', ')}`,
      ),
    )
  return {
    problems,
    sources: sources.map(({ name }, i) => {
      const { use, options } = formats[i] as Question
      return {
        name,
        live: findings[i]?.live ?? false,
        format: { use, options },
        formatName: formatFindings[i]?.name ?? use,
      }
    }),
    scorers,
    extractors,
    secrets: [...findings, ...formatFindings].flatMap(({ secrets }) => secrets),
  }
}

/** The problems of the plugins of a configuration that does not fit its schema, so that all are told at once. */
export async function inspectDraft({ baseDir, value, problem }: ConfigDraft): Promise<Problem[]> {
  const questions: Question[] = []
  const ask = (kind: Question['kind'], entry: unknown, path: (string | number)[]) => {
    if (typeof entry === 'object' && typeof (entry as { use?: unknown } | null)?.use !== 'string') return
    if (typeof entry !== 'object' && !(kind === 'format' && typeof entry === 'string')) return
    const { use, options } = splitPlugin(kind, entry as never)
    questions.push({ kind, use, options, path })
  }
  for (const kind of ['source', 'scorer', 'extractor'] as const) {
    const section = value[`${kind}s`]
    for (const [i, entry] of (Array.isArray(section) ? section : []).entries()) {
      ask(kind, entry, [`${kind}s`, i])
      if (kind === 'source')
        ask('format', (entry as { format?: unknown } | null)?.format, ['sources', i, 'format'])
    }
  }
  const findings = await answers(questions, baseDir)
  return findings
    .flatMap(({ problems }) => problems)
    .map(({ path, message, code }) => problem(path, message, code))
}

/** The problems alone: what `mood-exporter check` shows beside those of the configuration itself. */
export async function inspectPlugins(loaded: LoadedConfig): Promise<Problem[]> {
  return (await inspect(loaded)).problems
}

/** What is shipped is known to load: only what is not needs a thread to be looked at in. */
async function answers(questions: Question[], baseDir: string): Promise<Finding[]> {
  const foreign = questions.filter(({ kind, use }) => !isShipped(kind, use))
  const found = foreign.length > 0 ? await answersOfThread(foreign, baseDir) : []
  return Promise.all(
    questions.map(question => found[foreign.indexOf(question)] ?? inspectOne(question, baseDir)),
  )
}

/** Looks at plugins in a thread, since loading a module runs it, and it may never end. */
async function answersOfThread(questions: Question[], baseDir: string): Promise<Finding[]> {
  const findings: Finding[] = []
  while (findings.length < questions.length) {
    const rest = questions.slice(findings.length)
    const failure = await ask(rest, baseDir, finding => findings.push(finding))
    const stuck = questions[findings.length]
    if (failure === null || !stuck) break
    findings.push({
      name: undefined,
      live: false,
      format: undefined,
      secrets: [],
      problems: [
        { path: [...stuck.path, 'use'], message: `${stuck.use} ${failure}`, code: 'ERR_PLUGIN_FAILED' },
      ],
    })
  }
  return findings
}

/** Resolves to null once all are answered, else to what became of the thread over the next one. */
function ask(
  questions: Question[],
  baseDir: string,
  answer: (finding: Finding) => void,
): Promise<string | null> {
  const thread = new Worker(new URL(moduleUrl('src/loader/validate-thread')), {
    workerData: { role: 'inspect', questions, baseDir },
  })
  return new Promise(resolve => {
    let left = questions.length
    let timer: NodeJS.Timeout
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(() => end(`has not finished loading within ${LOAD_MS / 1000} s`), LOAD_MS)
    }
    const end = (failure: string | null) => {
      clearTimeout(timer)
      resolve(failure)
      void thread.terminate()
    }
    thread.on('message', (finding: Finding) => {
      answer(finding)
      wait()
      if (--left === 0) end(null)
    })
    thread.on('error', error => end(`ended its thread while it was loaded: ${error.message}`))
    thread.on('exit', () => end('ended its thread while it was loaded'))
    wait()
  })
}
