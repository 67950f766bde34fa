import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'
import { startPrometheus } from '../tools/stack/prometheus.ts'
import { tool } from '../tools/stack/tools.ts'
import { openMetricsFaults } from './support/openmetrics.ts'

/** An extractor that makes a term of the whole text, unchanged. */
const RAW_EXTRACTOR = `
import { defineExtractor, z } from 'mood-exporter/plugin'

export default defineExtractor({
  name: 'raw',
  description: 'All there is.',
  options: z.object({}),
  create: () => ({
    extract: ({ text, id, author, url, lang }) => [text, id, author, url, lang].filter(term => term !== undefined),
  }),
})
`

const HOSTILE = [
  ...Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(code)),
  ...[
    '"',
    '\\',
    '\\n',
    '\\"',
    "'",
    '`',
    '{',
    '}',
    '{a="b"}',
    ',',
    '=',
    '} 1\n',
    '# EOF\n',
    '# TYPE x counter\n',
  ],
  ...['\u007f', '\u0085', '\u00a0', '\u00ad', '\u200b', '\u200e', '\u200f', '\u202e', '\u2028', '\u2029'],
  ...['\u2066', '\ufeff', '\ufffd', '\ufffe', '\uffff', '\ud800', '\udfff', '\udc00\ud800', '\u{10ffff}'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'NaN',
    '+Inf',
    'le',
    '</script>',
    '<b>',
    '%00',
    '$(x)',
    '\u001f',
  ],
  ...[
    '😀',
    '👩‍👩‍👧‍👦',
    '🇰🇷',
    '#️⃣',
    '#tag',
    '＃태그',
    '@you',
    '갤럭시',
    'مرحبا',
    'e\u0301',
    'Ǆ',
    'ﬃ',
    'ß',
    'İ',
  ],
  ...['love', 'hate', ' ', 'https://example.org/?a="b"&c={d}'],
]

/** A generator of whole numbers below a bound, the same ones each time: mulberry32. */
function seeded(seed: number): (bound: number) => number {
  let state = seed
  return bound => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }
}

function hostilePosts(count: number): string[] {
  const next = seeded(20_211_119)
  const hostile = (pieces: number): string =>
    Array.from({ length: next(pieces) + 1 }, () =>
      next(4) === 0 ? String.fromCharCode(next(0x10000)) : (HOSTILE[next(HOSTILE.length)] as string),
    ).join('')
  const maybe = (pieces: number) => (next(2) ? hostile(pieces) : undefined)
  const times = [0, -8.64e15, 8.64e15, 1e12, Date.now()]
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      // Ids differ, so that all are counted.
      id: `${hostile(6)}${i}`,
      text: i % 50 === 7 ? hostile(20).repeat(100_000).slice(0, 100_000) : hostile(30),
      createdAt: i % 20 === 3 ? times[next(times.length)] : Date.now() - next(1000),
      lang: maybe(2),
      author: maybe(4),
      url: maybe(8),
      topics: next(8) === 0 ? [hostile(2)] : undefined,
    }),
  )
}

/** What \`promtool check metrics\` has to say. */
const promtoolSays = (promtool: string, metrics: string) =>
  new Promise<string>(resolve => {
    const child = execFile(promtool, ['check', 'metrics'], (error, stdout, stderr) =>
      resolve(`${stdout}${stderr}${error?.code ?? ''}`),
    )
    child.stdin?.end(metrics)
  })

test('texts of any kind never break the exposition', async context => {
  const promtool = tool(context, 'promtool')
  const posts = hostilePosts(1000)
  const windows = [{ size: '1h' }]
  await using exporter = await startExporter(
    {
      sources: [{ use: 'file', path: './posts.jsonl', dedupe: true }],
      scorers: ['auto', 'afinn', 'emoji'].map(use => ({ use })),
      extractors: ['./raw.ts', 'hashtags', 'mentions', 'words', 'emoji'].map(use => ({
        use,
        top: 1000,
        windows,
      })),
      limits: { record_bytes: '4MiB', terms: 100_000 },
    },
    { files: { 'posts.jsonl': `${posts.join('\n')}\n`, 'raw.ts': RAW_EXTRACTOR } },
  )
  const samples = await exporter.until(
    seen =>
      seen.sum('mood_source_records_total') === posts.length &&
      seen.all('mood_top_term_posts', { extractor: 'raw' }).length === 1000,
  )
  for (const scorer of ['auto', 'afinn', 'emoji'])
    expect(samples.sum('mood_posts_total', { scorer }), scorer).toBe(posts.length)
  expect(samples.sum('mood_posts_dropped_total')).toBe(0)
  expect(samples.sum('mood_plugin_errors_total')).toBe(0)
  expect(samples.sum('mood_worker_restarts_total')).toBe(0)

  const scrape = async (accept: string) => {
    const response = await fetch(`${exporter.url}/metrics`, { headers: { accept } })
    expect(response.headers.get('content-type')).toContain(accept)
    return new TextDecoder('utf-8', { fatal: true }).decode(await response.arrayBuffer())
  }
  expect(await promtoolSays(promtool, await scrape('text/plain'))).toBe('')
  const openMetrics = await scrape('application/openmetrics-text')
  expect(openMetricsFaults(openMetrics)).toEqual([])
  expect(openMetrics.match(/ # \{(?:url|id)="/g)?.length).toBeGreaterThan(0)

  await using prometheus = await startPrometheus(tool(context, 'prometheus'), [new URL(exporter.url).host])
  await prometheus.until('count(mood_top_term_posts{extractor="raw"})', 1000)

  const { terms } = await exporter.status()
  expect(terms.length).toBeGreaterThan(0)
  const page = await (await fetch(exporter.url)).text()
  expect(page).not.toContain('<b>')
  expect(page.match(/<script/g)).toBe(null)
})

test('the checker of OpenMetrics finds what is wrong', () => {
  const sound = [
    '# HELP a Some.',
    '# TYPE a counter',
    'a_total{x="1",y="\\"\\n\\\\"} 1 # {id="7"} 0.5 1.25',
    '# TYPE b_seconds gauge',
    '# UNIT b_seconds seconds',
    'b_seconds NaN',
    '# TYPE c histogram',
    'c_bucket{le="1"} 1',
    'c_bucket{le="+Inf"} 2',
    'c_sum 3e-7',
    'c_count 2',
  ]
  const checked = (...lines: string[]) => openMetricsFaults([...lines, '# EOF', ''].join('\n'))
  expect(checked(...sound)).toEqual([])
  expect(openMetricsFaults(sound.join('\n'))).not.toEqual([])
  for (const wrong of [
    ['a 1'],
    ['# TYPE a counter', 'a 1'],
    ['# TYPE a_total counter', 'a_total 1'],
    ['# TYPE a gauge', 'a{x="1",} 1'],
    ['# TYPE a gauge', 'a{x="1', '"} 1'],
    ['# TYPE a gauge', 'a{x="\\r"} 1'],
    ['# TYPE a gauge', 'a{x="1",x="2"} 1'],
    ['# TYPE a gauge', 'a 1', 'a 2'],
    ['# TYPE a gauge', 'a 1', '# TYPE b gauge', 'b 1', '# TYPE a gauge'],
    ['# TYPE a gauge', 'a 1 # {id="7"} 1'],
    ['# TYPE a counter', 'a_total 1 # {id="\0"} 1'],
    ['# TYPE a gauge', '# UNIT a seconds', 'a 1'],
    ['# TYPE a counter', `a_total 1 # {id="${'7'.repeat(127)}"} 1`],
    ['# TYPE a histogram', 'a_bucket{le="1"} 2', 'a_bucket{le="+Inf"} 1'],
    ['# TYPE a gauge', '', 'a 1'],
  ])
    expect(checked(...wrong), wrong.join('\n')).not.toEqual([])
})
