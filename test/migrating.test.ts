import { readFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Kakao } from '../plugins/outputs/kakaotalk/testing-kakao.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import type { Samples } from '../tools/stack/samples.ts'
import { sharedBroker } from './support/kafka-tests.ts'

/** A broker, exporters and compilers on two cores that others use too. */
const MS = 300_000

vi.setConfig({ testTimeout: 3 * MS })

const brokerOf = sharedBroker()

/** A configuration of docs/migrating.md, with what its variables hold. */
async function configOf(name: string, variables: Record<string, string>): Promise<string> {
  const path = fileURLToPath(new URL(`../docs/migrating/${name}.yml`, import.meta.url))
  const text = (await readFile(path, 'utf8')).replace(
    /\$\{(\w+):-[^}]*\}/g,
    (_, variable: string) => variables[variable] as string,
  )
  // On a busy machine a thread may wait for its turn longer than a plugin usually takes.
  return `${text}\nlimits: { plugin_timeout: 30s }\n`
}

/** Serves these lines to each client, as the listener of a Tweepy script does. */
async function serving(lines: readonly string[]): Promise<string> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.write(lines.map(line => `${line}\n`).join(''))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  return `127.0.0.1:${address.port}`
}

/** What `str()` of Tweepy's status shows, written a moment ago. */
function status(id: string, text: string, more = ''): string {
  const [day, date, month, year, time] = new Date().toUTCString().replace(',', '').split(' ')
  return `{'created_at': '${day} ${month} ${date} ${time} +0000 ${year}', 'id': ${id}, 'id_str': '${id}', 'text': ${JSON.stringify(text)}, 'truncated': False, 'lang': 'en', 'user': {'id': 1, 'screen_name': 'jane'}, 'retweeted': False, 'possibly_sensitive': None${more}}`
}

const posts = (samples: Samples, source: string) => ({
  positive: samples.sum('mood_posts_total', { source, sentiment: 'positive' }),
  negative: samples.sum('mood_posts_total', { source, sentiment: 'negative' }),
})

const dropped = (samples: Samples, source: string, reason: string) =>
  samples.sum('mood_posts_dropped_total', { source, reason })

/** How often each term is among the top of a window. */
const top = (samples: Samples, extractor: string, window: string) =>
  Object.fromEntries(
    samples
      .all('mood_top_term_posts')
      .filter(({ labels }) => labels.extractor === extractor && labels.window === window)
      .map(({ labels, value }) => [labels.term, value]),
  )

test('the keyword dashboard: tweets that a listener serves as Python shows them', async () => {
  const TWEETS = await serving([
    status('1461526788904562689', 'I love the new Galaxy #unpacked #galaxy'),
    status('1461526788904562690', "what a terrible Pixel, I don't like it #meh"),
    status(
      '1461526788904562691',
      'RT @jane: the galaxy is so goo…',
      ", 'retweeted_status': {'id': 7, 'full_text': 'the galaxy is so good'}",
    ),
    status('1461526788904562692', 'nothing of what is watched'),
    'Connected to the stream',
  ])
  await using exporter = await startExporter(await configOf('keyword-dashboard', { TWEETS }))
  const samples = await exporter.until(samples => samples.sum('mood_source_records_total') === 5, MS)
  expect(posts(samples, 'tweepy')).toEqual({ positive: 2, negative: 1 })
  expect(samples.sum('mood_posts_total', { topic: 'galaxy' })).toBe(2)
  expect(samples.sum('mood_posts_total', { topic: 'pixel' })).toBe(1)
  expect(dropped(samples, 'tweepy', 'off_topic')).toBe(1)
  expect(dropped(samples, 'tweepy', 'invalid')).toBe(1)
  const ranked = await exporter.until(samples => samples.all('mood_top_term_posts').length > 0, MS)
  expect(top(ranked, 'hashtags', '1m')).toMatchObject({ '#unpacked': 1 })
})

test('the hashtag ranking: structured records and plain texts of a connector', async context => {
  const { kafka, client } = await brokerOf(context)
  await client.create(['test'], 1)
  const tweet = (id: string, text: string) =>
    `{"id":${id},"created_at":"Fri Nov 19 03:15:30 +0000 2021","user":{"id":1,"name":"Jane","screen_name":"jane"},"text":${JSON.stringify(text)},"lang":"en","is_retweet":false,"entities":{"hashtags":[]}}`
  await client.send('test', [
    tweet('1461526788904562689', 'so good #nova #star'),
    // An id beyond 2^53, of which the last digits tell the two apart.
    tweet('1461526788904562690', 'so bad #nova'),
    tweet('1461526788904562690', 'so bad #nova'),
    `{"schema":{"type":"struct"},"payload":${tweet('1461526788904562691', 'good #nova')}}`,
    'a plain text that is good #star',
    '{"id":1461526788904562699,"te',
  ])
  await using exporter = await startExporter(await configOf('hashtag-ranking', { BROKER: kafka.brokers }))
  const samples = await exporter.until(samples => samples.sum('mood_source_records_total') === 6, MS)
  expect(posts(samples, 'connector')).toEqual({ positive: 3, negative: 1 })
  expect(dropped(samples, 'connector', 'duplicate')).toBe(1)
  expect(dropped(samples, 'connector', 'invalid')).toBe(1)
})

test('the word count: words and hashtags of the same connector', async context => {
  const { kafka, client } = await brokerOf(context)
  const config = (await configOf('word-count', { BROKER: kafka.brokers })).replace('[twitter]', '[words]')
  await client.create(['words'], 1)
  await client.send('words', ['galaxy galaxy #nova', 'the galaxy #nova'])
  await using exporter = await startExporter(config)
  const samples = await exporter.until(samples => samples.all('mood_top_term_posts').length >= 6, MS)
  expect(top(samples, 'words', '1h')).toMatchObject({ galaxy: 2 })
  expect(top(samples, 'hashtags', '1h')).toEqual({ '#nova': 2 })
})

/**
 * The service of the trending searches: a list that says when it was made, another one at each request and the last one
 * from then on. `https://api.signal.bz/news/realtime` is not documented; this is what programs that read it have published.
 */
async function trendingSearches(lists: readonly (readonly [now: number, ...keywords: string[]])[]) {
  let requests = 0
  const server = createHttpServer((_, response) => {
    const [now, ...keywords] = lists[Math.min(requests++, lists.length - 1)] as [number, ...string[]]
    const top10 = keywords.map((keyword, i) => ({ rank: i + 1, keyword, state: 's' }))
    response.setHeader('content-type', 'application/json; charset=utf-8')
    response.end(JSON.stringify({ now, top10, naver: [{ title: '뉴스', link: 'https://example.com/1' }] }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/news/realtime`
}

test('trending searches: shares of the last hour, to a topic of Kafka and to KakaoTalk', async context => {
  const { kafka, client } = await brokerOf(context)
  await client.create(['recent_topics'], 1)
  const kakao = await Kakao.listening()
  // The period of a report that is due each minute is rounded to quarters of an hour.
  const quarter = Math.floor(Date.now() / 900_000) * 900_000
  const before = (minutes: number) => quarter - minutes * 60_000
  const SIGNAL = await trendingSearches([
    // More than an hour ago: of no report.
    [before(70), '어제 뉴스'],
    [before(30), '수능 만점자', '갤럭시 S26', '첫눈'],
    [before(20), '갤럭시 S26', '수능 만점자'],
    [before(10), '수능 만점자', '김장 배추값'],
  ])
  const { rest_api_key, client_secret, refresh_token, api, auth } = kakao.options
  const config = await configOf('trending-searches', {
    SIGNAL,
    BROKER: kafka.brokers,
    KAKAO_KEY: rest_api_key,
    KAKAO_SECRET: client_secret,
    KAKAO_TOKEN: refresh_token,
    KAKAO_API: api,
    KAKAO_AUTH: auth,
  })
  // As the file has it, but more often.
  const soon = config
    .replace('every: 10m', 'every: 1s')
    .replace('cron: "0 7-23 * * *"', 'cron: "* * * * *"')
    .replace(/^limits: \{ plugin_timeout.*$/m, '')
    .replace('limits: { record_bytes: 1MiB }', 'limits: { record_bytes: 1MiB, plugin_timeout: 30s }')
  await using exporter = await startExporter(soon)
  const samples = await exporter.until(
    samples => samples.sum('mood_ranking_snapshots_total', { result: 'counted' }) === 4,
    MS,
  )
  // The hour holds three lists; the fourth is as old as it is, whatever came first.
  expect(samples.sum('mood_ranking_window_snapshots', { window: '1h' })).toBe(3)
  const ofHour = (name: string) =>
    Object.fromEntries(samples.all(name, { window: '1h' }).map(({ labels, value }) => [labels.term, value]))
  expect(ofHour('mood_ranking_share_ratio')).toEqual({
    '수능 만점자': 1,
    '갤럭시 S26': 2 / 3,
    첫눈: 1 / 3,
    '김장 배추값': 1 / 3,
  })
  expect(ofHour('mood_ranking_mean_rank')).toMatchObject({ '수능 만점자': 4 / 3, '갤럭시 S26': 1.5 })
  // The list is asked for again and again, and counts once.
  await exporter.until(
    samples => samples.sum('mood_ranking_snapshots_total', { result: 'repeated' }) >= 3,
    MS,
  )

  const digest = [
    '인기 검색어: signal (목록 3개)',
    '1. 수능 만점자 100%',
    '2. 갤럭시 S26 67%',
    '3. 김장 배추값 33%',
    '4. 첫눈 33%',
  ].join('\n')
  const messages = () => kakao.messages.filter(({ template }) => template.text?.includes(digest))
  await vi.waitFor(() => expect(messages().length).toBeGreaterThan(0), { timeout: MS, interval: 200 })
  for (const { to, template } of messages()) {
    expect(to).toEqual(['me'])
    expect([...(template.text ?? '')].length).toBeLessThanOrEqual(200)
  }
  // Six hours later: the old pipeline stopped here.
  const sent = messages().length
  kakao.expire()
  await vi.waitFor(() => expect(messages().length).toBeGreaterThan(sent), { timeout: MS, interval: 200 })

  const records = await client.recordsOf('recent_topics', 2)
  const texts = records.map(({ value }) => (JSON.parse(value) as { text: string }).text)
  expect(texts.at(-1)).toContain('1. 수능 만점자: 노출 100%, 평균 1.3위')
})

test('Twitch chat through Filebeat, and tweets through Logstash', async context => {
  const { kafka, client } = await brokerOf(context)
  await client.create(['chat', 'twitter'], 1)
  const event = (message: string) =>
    JSON.stringify({
      '@timestamp': '2021-11-19T03:15:30.123Z',
      '@metadata': { beat: 'filebeat', type: '_doc', version: '7.15.2' },
      message,
      log: { offset: 1761, file: { path: '/logs/2021-11-19_#channel.log' } },
      host: { name: 'chat' },
    })
  await client.send('chat', [
    event('[12:15:28] <@+Jane> so good'),
    event('[12:15:29] <jane>* thinks that it is bad'),
    event('[12:15:29] JOIN: jane'),
    event('no line of a chat'),
  ])
  await client.send('twitter', [
    JSON.stringify({
      '@timestamp': '2021-11-19T03:15:30.000Z',
      '@version': '1',
      message: 'so good',
      user: 'jane',
      client: '<a href="https://example.com">web</a>',
      retweeted: false,
      source: 'http://twitter.com/jane/status/1461526788904562689',
    }),
    JSON.stringify({ id: 1, id_str: '1461526788904562690', full_text: 'so bad', text: 'so bad', lang: 'en' }),
    '{"@version":"1"}',
  ])
  await using exporter = await startExporter(await configOf('twitch-chat', { BROKER: kafka.brokers }))
  const samples = await exporter.until(samples => samples.sum('mood_source_records_total') === 7, MS)
  expect(posts(samples, 'chat')).toEqual({ positive: 1, negative: 1 })
  expect(dropped(samples, 'chat', 'not_a_post')).toBe(1)
  expect(dropped(samples, 'chat', 'invalid')).toBe(1)
  expect(posts(samples, 'logstash')).toEqual({ positive: 1, negative: 1 })
  expect(dropped(samples, 'logstash', 'invalid')).toBe(1)
})
