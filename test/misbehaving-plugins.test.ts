import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'
import { BATCH_SCORER, EXTRACTOR, FORMAT, SCORER, SOURCE } from '../tools/stack/faulty-plugins.ts'
import type { Samples } from '../tools/stack/samples.ts'

/** When Prometheus gives a scrape up by default, in milliseconds. */
const ANSWERS_MS = 10_000

/** Workers that are replaced many times over take a while on a busy machine. */
const PATIENT = { timeout: 90_000 }

const boom = (fault: string) => `BOOM ${fault};`

/** Texts, among them those that cause the faults. */
function strewn(ordinary: number, faults: string[]): string[] {
  const texts = Array.from({ length: ordinary }, (_, i) => `post ${i}`)
  const apart = Math.floor(ordinary / (faults.length + 1))
  faults.forEach((fault, i) => {
    texts.splice((i + 1) * apart + i, 0, boom(fault))
  })
  return texts
}

const twice = (faults: string[]) => [...faults, ...faults]

/** Posts as NDJSON, all written at the same time, each with an id of its own. */
const asPosts = (texts: string[]) =>
  `${texts.map((text, i) => JSON.stringify({ id: `${i}`, text, createdAt: Date.now() - 5000 })).join('\n')}\n`

const sumOfFates = (samples: Samples, scorer: string) =>
  samples.sum('mood_posts_total', { scorer }) + samples.sum('mood_posts_dropped_total')

const countedWhole = (records: number, scorers: readonly string[]) => (samples: Samples) =>
  samples.sum('mood_source_records_total') === records &&
  scorers.every(scorer => sumOfFates(samples, scorer) === records)

/** What is there of each scorer, to be compared at one look. */
const byScorer = (samples: Samples, scorers: readonly string[]) =>
  Object.fromEntries(
    scorers.map(scorer => [
      scorer,
      {
        positive: samples.sum('mood_posts_total', { scorer, sentiment: 'positive' }),
        unknown: samples.sum('mood_posts_total', { scorer, sentiment: 'unknown' }),
      },
    ]),
  )

const errors = (samples: Samples, kind: string) =>
  Object.fromEntries(
    samples
      .all('mood_plugin_errors_total', { kind })
      .filter(({ value }) => value > 0)
      .map(({ labels: { plugin, reason }, value }) => [`${plugin} ${reason}`, value]),
  )

const LIMITS = { plugin_timeout: '300ms', worker_memory: '64MiB' }
const QUICK = { languages: { detect: false }, limits: LIMITS }
const NO_WINDOWS = [{ size: '1h' }]

/** The reason of the failures that a fault of a scorer causes; none for a fault that costs no post. */
const SCORER_ERRORS = {
  throws: 'threw',
  throwsNothing: 'threw',
  nan: 'invalid_result',
  two: 'invalid_result',
  text: 'invalid_result',
  nothing: 'invalid_result',
  endless: 'timeout',
  waits: 'timeout',
  exits: 'crash',
  stray: null,
}

const EXTRACTOR_ERRORS = {
  throws: 'threw',
  endless: 'timeout',
  same: 'timeout',
  exits: 'crash',
  mixed: 'invalid_result',
  text: 'invalid_result',
  noIterable: 'threw',
  many: null,
}

test('faulty scorers, extractors and formats affect only the posts that they fail on', PATIENT, async () => {
  const scorers = Object.keys(SCORER_ERRORS)
  const extractors = Object.keys(EXTRACTOR_ERRORS)
  const faults = [...new Set([...scorers, ...extractors])]
  const posts = strewn(2000, twice(faults))
  const failures = ['throws', 'noText', 'noTime', 'farAway', 'numberId', 'nullLang', 'topicsText']
  const others = ['promise', 'getter', 'holes', 'endless', 'exits']
  const lines = strewn(500, [...failures, ...others, 'invalid', 'empty'])
  const config = {
    ...QUICK,
    workers: 2,
    sources: [
      { use: 'file', name: 'posts', path: './posts.jsonl', dedupe: true },
      { use: 'file', name: 'lines', path: './lines.txt', format: './format.ts' },
    ],
    scorers: scorers.map(fault => ({ use: './scorer.ts', name: fault, fault })),
    extractors: extractors.map(fault => ({
      use: './extractor.ts',
      name: fault,
      fault,
      top: 3,
      windows: NO_WINDOWS,
    })),
  }
  const files = {
    'posts.jsonl': asPosts(posts),
    'lines.txt': `${lines.join('\n')}\n`,
    'scorer.ts': SCORER,
    'extractor.ts': EXTRACTOR,
    'format.ts': FORMAT,
  }
  await using exporter = await startExporter(config, { files })
  const records = posts.length + lines.length
  const counted = exporter.until(countedWhole(records, scorers), 80_000)
  expect(await exporter.scrapedWhile(counted)).toBeLessThan(ANSWERS_MS)
  const scored = posts.length + 500
  const samples = await exporter.until(
    // One worker may count all while another is still being replaced.
    seen => topTermsAreUpToDate(seen, extractors, scored) && seen.sum('mood_workers') >= 1,
  )

  expect(samples.sum('mood_source_posts_total')).toBe(scored)
  expect(samples.sum('mood_posts_dropped_total', { reason: 'duplicate' })).toBe(0)
  expect(byScorer(samples, scorers)).toEqual(
    Object.fromEntries(
      Object.entries(SCORER_ERRORS).map(([scorer, reason]) => {
        const unknown = reason === null ? 0 : 2
        return [scorer, { positive: scored - unknown, unknown }]
      }),
    ),
  )
  expect(errors(samples, 'scorer')).toEqual(expectedErrors(SCORER_ERRORS))
  expect(errors(samples, 'extractor')).toEqual(expectedErrors(EXTRACTOR_ERRORS))
  const dropped = (reason: string) => samples.sum('mood_posts_dropped_total', { source: 'lines', reason })
  expect({
    plugin: dropped('plugin'),
    invalid: dropped('invalid'),
    not_a_post: dropped('not_a_post'),
  }).toEqual({
    plugin: failures.length + others.length,
    invalid: 1,
    not_a_post: 1,
  })
  expect(errors(samples, 'format')).toEqual({
    'moody threw': 2,
    'moody invalid_result': 8,
    'moody timeout': 1,
    'moody crash': 1,
  })
  const restarts = (reason: string) => samples.sum('mood_worker_restarts_total', { reason })
  // Two each of two scorers and two extractors, and one of the format; two of the one, two of the other, and one.
  expect({ timeout: restarts('timeout'), crash: restarts('crash'), memory: restarts('memory') }).toEqual({
    timeout: 9,
    crash: 5,
    memory: 0,
  })

  for (const extractor of extractors) {
    const fine = samples.sum('mood_top_term_posts', { extractor, term: 'fine' })
    expect(fine, extractor).toBe(extractor === 'mixed' ? scored : scored - 2)
  }
  expect(samples.sum('mood_top_term_posts', { extractor: 'mixed', term: 'finer' })).toBe(2)
  expect(samples.all('mood_top_term_posts', { extractor: 'many' })).toHaveLength(3)

  const status = await exporter.status()
  const lastErrorOf = (scorer: string) =>
    status.plugins.find(({ kind, name }) => kind === 'scorer' && name === scorer)?.lastError
  expect(lastErrorOf('throws')).toBe('I always throw')
  expect(lastErrorOf('nan')).toContain('NaN')
  expect(lastErrorOf('endless')).toContain('timeout')
  await exporter.logged(({ detail }) => detail === 'nobody catches me')
})

test('the log names the file and line at which a plugin failed, and shows the post without secrets', async () => {
  const scorer = `import { defineScorer, secret, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'frail',
  description: 'Fails.',
  options: z.object({ token: secret() }),
  create: () => ({
    score: ({ text }) => {
      if (text.startsWith('boom')) throw new Error('no luck')
      return text.startsWith('two') ? 2 : 0
    },
  }),
})
`
  const config = {
    ...QUICK,
    sources: [{ use: 'stdin', format: 'text' }],
    scorers: [{ use: './frail.ts', token: 'hunter2hunter2' }],
    extractors: [],
  }
  await using exporter = await startExporter(config, { files: { 'frail.ts': scorer }, stdin: 'pipe' })
  exporter.process.stdin?.end(`fine\nboom, my token is hunter2hunter2 ${'x'.repeat(500)}\ntwo\n`)
  const thrown = await exporter.logged(({ reason }) => reason === 'threw')
  expect(thrown).toMatchObject({ plugin: 'frail', detail: 'no luck', at: './frail.ts:8:42' })
  expect(thrown.post).toMatch(/^boom, my token is [^h]+ x+…$/)
  const invalid = await exporter.logged(({ reason }) => reason === 'invalid_result')
  expect(invalid).toMatchObject({ plugin: 'frail', at: './frail.ts', post: 'two' })
})

/** Top terms are worked out now and then, so they lag a little behind the counts. */
const topTermsAreUpToDate = (samples: Samples, extractors: string[], scored: number) =>
  extractors.every(extractor => samples.sum('mood_top_term_posts', { extractor, term: 'fine' }) >= scored - 2)

const expectedErrors = (reasons: Record<string, string | null>) =>
  Object.fromEntries(
    Object.entries(reasons).flatMap(([plugin, reason]) =>
      reason === null ? [] : [[`${plugin} ${reason}`, 2]],
    ),
  )

test('faulty batch scorers affect only the posts of the failed batches', PATIENT, async () => {
  const errorsOf = {
    none: null,
    never: 'timeout',
    few: 'invalid_result',
    rejects: 'threw',
    nan: 'invalid_result',
  }
  const killers = { endless: 'timeout', waits: 'timeout', endlessLater: 'timeout', exits: 'crash' }
  const alone = { ...errorsOf, ...killers }
  const posts = strewn(400, twice(Object.keys(alone)))
  const config = {
    ...QUICK,
    workers: 1,
    sources: [{ use: 'file', path: './posts.jsonl', dedupe: true }],
    scorers: [
      ...Object.keys(alone).map(fault => ({ use: './batch-scorer.ts', name: fault, fault })),
      // The same, but for several posts at a time.
      { use: './batch-scorer.ts', name: 'by fours', fault: 'rejects', size: 4, concurrency: 3 },
    ].map(({ name, ...rest }) => ({ ...rest, name: name.replace(' ', '-') })),
    extractors: [],
  }
  const files = { 'posts.jsonl': asPosts(posts), 'batch-scorer.ts': BATCH_SCORER }
  await using exporter = await startExporter(config, { files })
  const counted = exporter.until(countedWhole(posts.length, [...Object.keys(alone), 'by-fours']), 80_000)
  expect(await exporter.scrapedWhile(counted)).toBeLessThan(ANSWERS_MS)
  const samples = await counted

  expect(byScorer(samples, Object.keys(alone))).toEqual(
    Object.fromEntries(
      Object.entries(alone).map(([scorer, reason]) => {
        const unknown = reason === null ? 0 : 2
        return [scorer, { positive: posts.length - unknown, unknown }]
      }),
    ),
  )
  expect(samples.sum('mood_posts_total', { scorer: 'by-fours', sentiment: 'unknown' })).toBe(8)
  expect(errors(samples, 'scorer')).toEqual({ ...expectedErrors(alone), 'by-fours threw': 2 })
  expect(samples.sum('mood_worker_restarts_total', { reason: 'timeout' })).toBe(6)
  expect(samples.sum('mood_worker_restarts_total', { reason: 'crash' })).toBe(2)
  expect(samples.sum('mood_posts_dropped_total', { reason: 'duplicate' })).toBe(0)
})

test(
  'scorers that exhaust the memory of their thread affect only the posts that they fail on',
  PATIENT,
  async () => {
    const scorers = ['hoards', 'buffers']
    const posts = strewn(200, twice(scorers))
    const config = {
      languages: { detect: false },
      // Time enough to fill the memory on a busy machine.
      limits: { plugin_timeout: '20s', worker_memory: '64MiB' },
      workers: 1,
      sources: [{ use: 'file', path: './posts.jsonl' }],
      scorers: scorers.map(fault => ({ use: './scorer.ts', name: fault, fault })),
      extractors: [],
    }
    const files = { 'posts.jsonl': asPosts(posts), 'scorer.ts': SCORER }
    await using exporter = await startExporter(config, { files })
    const counted = exporter.until(countedWhole(posts.length, scorers), 80_000)
    expect(await exporter.scrapedWhile(counted)).toBeLessThan(ANSWERS_MS)
    const samples = await counted
    const expected = { positive: posts.length - 2, unknown: 2 }
    expect(byScorer(samples, scorers)).toEqual({ hoards: expected, buffers: expected })
    expect(errors(samples, 'scorer')).toEqual({ 'hoards memory': 2, 'buffers memory': 2 })
    expect(samples.sum('mood_worker_restarts_total', { reason: 'memory' })).toBe(4)
  },
)

test(
  'a worker that cannot even be ended is replaced, and what it still does is not counted',
  PATIENT,
  async () => {
    const posts = strewn(200, ['systemCall'])
    const config = {
      ...QUICK,
      workers: 1,
      sources: [{ use: 'file', path: './posts.jsonl', dedupe: true }],
      scorers: [{ use: './scorer.ts', name: 'slow', fault: 'systemCall' }],
      extractors: [],
    }
    const files = { 'posts.jsonl': asPosts(posts), 'scorer.ts': SCORER }
    await using exporter = await startExporter(config, { files })
    const samples = await exporter.until(countedWhole(posts.length, ['slow']))
    expect(byScorer(samples, ['slow'])).toEqual({ slow: { positive: posts.length - 1, unknown: 1 } })
    expect(errors(samples, 'scorer')).toEqual({ 'slow timeout': 1 })
    expect(samples.sum('mood_workers')).toBe(1)
  },
)

test(
  'a faulty source is restarted at its position, and other sources are not affected',
  PATIENT,
  async () => {
    const failures = {
      throws: 'threw',
      stray: 'threw',
      endless: 'timeout',
      exits: 'crash',
      buffers: 'memory',
    }
    const faults = ['none', 'sleeps', ...Object.keys(failures)]
    const config = {
      ...QUICK,
      workers: 1,
      sources: faults.map(fault => ({ use: './source.ts', name: fault, fault, dedupe: true })),
      scorers: [{ use: './scorer.ts', fault: 'none' }],
      extractors: [],
    }
    await using exporter = await startExporter(config, {
      files: { 'source.ts': SOURCE, 'scorer.ts': SCORER },
    })
    const readiness = async () => (await fetch(`${exporter.url}/-/ready`)).text()
    const posts = (samples: Samples, source: string) => samples.sum('mood_source_posts_total', { source })
    const read = exporter.until(
      samples => faults.every(fault => posts(samples, fault) === (fault === 'sleeps' ? 1 : 3)),
      80_000,
    )
    expect(await exporter.scrapedWhile(read)).toBeLessThan(ANSWERS_MS)
    const samples = await read
    expect(errors(samples, 'source')).toEqual(
      Object.fromEntries(Object.entries(failures).map(([source, reason]) => [`${source} ${reason}`, 1])),
    )
    for (const source of faults)
      expect(samples.sum('mood_source_failures_total', { source }), source).toBe(source in failures ? 1 : 0)
    expect(samples.sum('mood_source_reconnects_total')).toBe(Object.keys(failures).length)
    expect(samples.sum('mood_posts_dropped_total')).toBe(0)
    expect(samples.sum('mood_posts_total', { sentiment: 'positive' })).toBe(3 * (faults.length - 1) + 1)
    expect(samples.sum('mood_source_up', { source: 'sleeps' })).toBe(0)
    expect(samples.sum('mood_source_up')).toBe(faults.length - 1)
    expect(await readiness()).toBe('mood-exporter is not ready.\nsource sleeps has not started\n')
    expect(await exporter.stop()).toBe(0)
  },
)

test('without worker threads, for debugging, the same is counted', PATIENT, async () => {
  const scorers = ['throws', 'nan']
  const posts = strewn(2000, twice(scorers))
  const config = {
    ...QUICK,
    workers: 0,
    sources: [{ use: 'file', path: './posts.jsonl' }],
    scorers: scorers.map(fault => ({ use: './scorer.ts', name: fault, fault })),
  }
  const files = { 'posts.jsonl': asPosts(posts), 'scorer.ts': SCORER }
  await using exporter = await startExporter(config, { files })
  const samples = await exporter.until(countedWhole(posts.length, scorers))
  const expected = { positive: posts.length - 2, unknown: 2 }
  expect(byScorer(samples, scorers)).toEqual({ throws: expected, nan: expected })
  expect(await exporter.stop()).toBe(0)
})
