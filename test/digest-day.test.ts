/**
 * The digest of a day of lists and posts at every output that takes one, through kills of the exporter and whatever its
 * receivers refuse, against figures and texts written by hand. docs/digests.md shows the same forms.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { discordServer } from '../plugins/outputs/discord/testing-discord.ts'
import { bodiesOf, header, smtpServer } from '../plugins/outputs/email/testing-smtp.ts'
import { APP, Kakao } from '../plugins/outputs/kakaotalk/testing-kakao.ts'
import { slackServer } from '../plugins/outputs/slack/testing-slack.ts'
import { TOKEN, telegramServer } from '../plugins/outputs/telegram/testing-telegram.ts'
import { type Received, type Reply, receiver } from '../plugins/outputs/webhook/testing-receiver.ts'
import type { ReportEvent } from '../src/plugin/events/report.ts'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import type { Samples } from '../tools/stack/samples.ts'
import { type Clock, clockAt } from './support/clock.ts'
import { crawlerOf, expectTheDay, OF_THE_DAY, pagesOf, SNAPSHOTS, snapshots } from './support/day.ts'
import { sharedBroker } from './support/kafka-tests.ts'
import { STATED_SCORER } from './support/posts.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const KST = 9 * HOUR

/** What a busy machine may take for a start and a crawl. */
const PATIENCE = 120 * SECOND

/**
 * The last midnight in Korea, at which Kakao's quota ends. The exporter has a clock of before it, so that the day is the
 * same whenever this runs; no further back than a day, as Kafka does not keep what is old.
 */
const MIDNIGHT = Math.floor((Date.now() + KST) / DAY) * DAY - KST

/** When the digest is due: a quarter to twelve at night. */
const DUE = MIDNIGHT - 15 * MINUTE
const LATEST = MIDNIGHT - 20 * MINUTE

/** The clocks of three runs: before the digest is due, after that, and shortly before midnight. */
const EARLY = MIDNIGHT - 19 * MINUTE
const LATE = MIDNIGHT - 14 * MINUTE
const LAST = MIDNIGHT - 40 * SECOND

/** A date in Korea, `Nov 27, 2026`. */
const dateOf = (at: number) =>
  new Intl.DateTimeFormat('en', { timeZone: 'Asia/Seoul', dateStyle: 'medium' }).format(at)
const shortDateOf = (at: number) =>
  new Intl.DateTimeFormat('en', { timeZone: 'Asia/Seoul', month: 'numeric', day: 'numeric' }).format(at)

const PERIOD = `${dateOf(DUE - DAY)}, 23:45 to ${dateOf(DUE)}, 23:45 (Asia/Seoul)`
const SHORT_PERIOD = `${shortDateOf(DUE - DAY)}, 23:45 ~ ${shortDateOf(DUE)}, 23:45`

/**
 * Posts of the day, with what each scores. On `first` (alpha) 2 positive, 2 neutral and 6 negative; on `trending` (the
 * terms of the last list: beta, alpha, delta) 5 positive ones more. Gamma is not in the last list.
 */
const POSTS = [
  ...Array.from({ length: 6 }, () => ({ text: 'alpha #launch [-1]', lang: 'ko' })),
  ...Array.from({ length: 2 }, () => ({ text: 'alpha [1]', lang: 'en' })),
  ...Array.from({ length: 2 }, () => ({ text: 'alpha [0]', lang: 'en' })),
  ...Array.from({ length: 5 }, () => ({ text: 'delta [1]', lang: 'en' })),
  ...Array.from({ length: 3 }, () => ({ text: 'gamma [1]', lang: 'en' })),
].map((post, i) => (i === 0 ? { ...post, url: 'https://posts.example/a_b?c=1&d=2' } : post))

const TOPICS = [
  {
    topic: 'first',
    posts: { positive: 2, neutral: 2, negative: 6, unknown: 0 },
    total: 10,
    net: (2 - 6) / 10,
    negative: 6 / 10,
    share: 10 / 25,
    before: null,
    weekBefore: null,
    languages: [
      { lang: 'ko', posts: 6 },
      { lang: 'en', posts: 4 },
    ],
    terms: [
      { extractor: 'trends', term: 'alpha', posts: 10, score: (2 - 6) / 10, before: null },
      { extractor: 'hashtags', term: '#launch', posts: 6, score: -1, before: null },
    ],
    rising: [],
    links: [{ url: 'https://posts.example/a_b?c=1&d=2', score: -1, at: expect.any(Number) }],
  },
  {
    topic: 'trending',
    posts: { positive: 7, neutral: 2, negative: 6, unknown: 0 },
    total: 15,
    net: (7 - 6) / 15,
    negative: 6 / 15,
    share: 15 / 25,
    before: null,
    weekBefore: null,
    languages: [
      { lang: 'en', posts: 9 },
      { lang: 'ko', posts: 6 },
    ],
    terms: [
      { extractor: 'trends', term: 'alpha', posts: 10, score: (2 - 6) / 10, before: null },
      { extractor: 'hashtags', term: '#launch', posts: 6, score: -1, before: null },
      { extractor: 'trends', term: 'delta', posts: 5, score: 1, before: null },
    ],
    rising: [],
    links: [{ url: 'https://posts.example/a_b?c=1&d=2', score: -1, at: expect.any(Number) }],
  },
]

/** The lines of each section, but for links, which each channel writes in its own way. */
const LINES = {
  first: [
    '10 posts',
    'Net sentiment -40%; negative 60%',
    'Share of voice 40%',
    'Languages: ko 6, en 4',
    'Top terms: alpha 10 (-0.4), #launch 6 (-1.0)',
  ],
  trending: [
    '15 posts',
    'Net sentiment +7%; negative 40%',
    'Share of voice 60%',
    'Languages: en 9, ko 6',
    'Top terms: alpha 10 (-0.4), #launch 6 (-1.0), delta 5 (+1.0)',
  ],
  ranking: [
    '1. beta: 100% of the time, mean rank 1.5',
    '2. alpha: 100% of the time, mean rank 1.5',
    '3. gamma: 50% of the time, mean rank 3, new',
    '4. delta: 2% of the time, mean rank 4, new',
  ],
}

/** @param hours of the day in which the exporter did not run: all but the minutes of this test */
const missedIn = (hours: string) => [
  `The exporter did not run for ${hours} h.`,
  // The broken page, of a poll that was made again from the first.
  '2 posts of crawler dropped (invalid 2).',
  '1 post of http dropped (invalid 1).',
]

const listed = (mark: string, lines: readonly string[]) => lines.map(line => mark + line)

const textWith = (missed: readonly string[]) =>
  [
    'Mood report: day',
    PERIOD,
    '',
    'first',
    ...listed('- ', LINES.first),
    '- Posts: https://posts.example/a_b?c=1&d=2 (-1.0)',
    '',
    'trending',
    ...listed('- ', LINES.trending),
    '- Posts: https://posts.example/a_b?c=1&d=2 (-1.0)',
    '',
    'Trending: crawler (131 lists)',
    ...LINES.ranking,
    '',
    'Not everything was counted',
    ...listed('- ', missed),
  ].join('\n')

/** What Discord, and others that read Markdown, would take for markup is escaped. */
const markdownWith = (missed: readonly string[]) =>
  [
    '**Mood report: day**',
    PERIOD,
    '',
    '**first**',
    ...listed('- ', LINES.first).map(line => line.replace('#', '\\#')),
    '- Posts: [posts.example](<https://posts.example/a_b?c=1&d=2>) (-1.0)',
    '',
    '**trending**',
    ...listed('- ', LINES.trending).map(line => line.replace('#', '\\#')),
    '- Posts: [posts.example](<https://posts.example/a_b?c=1&d=2>) (-1.0)',
    '',
    '**Trending: crawler (131 lists)**',
    ...LINES.ranking,
    '',
    '**Not everything was counted**',
    ...listed('- ', missed),
  ].join('\n')

const section = (...lines: string[]) => ({
  type: 'section',
  text: { type: 'mrkdwn', text: lines.join('\n') },
})

const slackWith = (missed: readonly string[]) => ({
  text: 'Mood report: day',
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: 'Mood report: day', emoji: false } },
    { type: 'context', elements: [{ type: 'mrkdwn', text: PERIOD }] },
    section(
      '*first*',
      ...listed('• ', LINES.first),
      '• Posts: <https://posts.example/a_b?c=1&amp;d=2|posts.example> (-1.0)',
    ),
    section(
      '*trending*',
      ...listed('• ', LINES.trending),
      '• Posts: <https://posts.example/a_b?c=1&amp;d=2|posts.example> (-1.0)',
    ),
    section('*Trending: crawler (131 lists)*', ...LINES.ranking),
    section('*Not everything was counted*', ...listed('• ', missed)),
  ],
  unfurl_links: false,
})

const htmlWith = (missed: readonly string[]) =>
  [
    ['<strong>Mood report: day</strong>', PERIOD],
    [
      '<strong>first</strong>',
      ...listed('• ', LINES.first),
      '• Posts: <a href="https://posts.example/a_b?c=1&amp;d=2">posts.example</a> (-1.0)',
    ],
    [
      '<strong>trending</strong>',
      ...listed('• ', LINES.trending),
      '• Posts: <a href="https://posts.example/a_b?c=1&amp;d=2">posts.example</a> (-1.0)',
    ],
    ['<strong>Trending: crawler (131 lists)</strong>', ...LINES.ranking],
    ['<strong>Not everything was counted</strong>', ...listed('• ', missed)],
  ]
    .map(lines => lines.join('<br>\n'))
    .join('<br>\n<br>\n')

/** 200 characters, and what there is no room for. */
const KAKAO = [
  'Mood report: day',
  SHORT_PERIOD,
  'first: 10 posts, Net sentiment -40%',
  'trending: 15 posts, Net sentiment +7%',
  'Trending: crawler (131 lists)',
  '1. beta 100%',
  '2. alpha 100%',
  '3. gamma 50%',
  '… 4 more',
].join('\n')

const missedOf = ({ coverage }: ReportEvent) =>
  missedIn(`${Math.round(coverage.stopped / (6 * MINUTE)) / 10}`)

/** The figures of the digest, as programs get it. */
function expectTheDigest(digest: ReportEvent): void {
  expect(digest).toMatchObject({
    kind: 'report',
    key: `report/day/${DUE}`,
    schema: 1,
    report: 'day',
    language: 'en',
    timeZone: 'Asia/Seoul',
    at: DUE,
    period: { start: DUE - DAY, end: DUE },
    isComplete: true,
    scorer: 'stated',
    few: 10,
    incidents: null,
    title: 'Mood report: day',
    text: textWith(missedOf(digest)),
    markdown: markdownWith(missedOf(digest)),
  })
  expect(digest.topics).toEqual(TOPICS)
  expect(digest.rankings).toEqual([{ source: 'crawler', snapshots: 131, items: OF_THE_DAY }])
  const { stopped, sources } = digest.coverage
  // It ran for the minutes of this test only.
  expect(stopped / HOUR).toBeCloseTo(24, 0)
  expect(sources).toEqual([
    { source: 'crawler', down: 0, dropped: { invalid: 2 } },
    { source: 'http', down: 0, dropped: { invalid: 1 } },
  ])
}

const FILES = { 'stated.ts': STATED_SCORER }

async function configOf(outputs: object[]) {
  return {
    sources: [await crawlerOf(pagesOf(LATEST)), { use: 'http', listen: '127.0.0.1:0', format: 'post' }],
    topics: { first: ['alpha'], trending: { from: 'crawler', top: 4 } },
    scorers: [{ use: './stated.ts' }],
    extractors: [{ use: 'hashtags' }, { use: 'trends' }],
    outputs: outputs.map(output => ({ ...output, events: ['reports'] })),
    reports: [{ name: 'day', every: '1d', at: '23:45', time_zone: 'Asia/Seoul', few: 10 }],
    languages: { detect: false },
    log: { format: 'json' },
    // On a busy machine a thread may wait for its turn longer than a plugin usually takes.
    limits: { plugin_timeout: '30s', idle: '1s' },
    workers: 1,
    state: { dir: 'state', interval: '100ms' },
  }
}

type DayConfig = Awaited<ReturnType<typeof configOf>>

/** Reads the day and its posts, and is killed before the digest is due. Resolves to its folder, with what it stored. */
async function playTheDay(config: DayConfig): Promise<RunningExporter> {
  const clock = clockAt(EARLY)
  const exporter = await startExporter(config, { files: FILES, env: clock.env })
  const listed = await exporter.until(samples => snapshots(samples, 'counted') >= SNAPSHOTS, PATIENCE)
  expectTheDay(listed, LATEST)
  const records = POSTS.map(post => JSON.stringify({ ...post, createdAt: clock.now() }))
  await exporter.push([...records, '{ "no": "post" }'])
  const count = (samples: Samples, name: string) => samples.sum(name, { source: 'http' })
  const read = await exporter.until(
    samples =>
      count(samples, 'mood_posts_dropped_total') === 4 && count(samples, 'mood_source_posts_total') === 18,
    PATIENCE,
  )
  expect(read.sum('mood_posts_total', { topic: 'first' })).toBe(10)
  expect(read.sum('mood_posts_total', { topic: 'trending' })).toBe(15)
  expect(read.sum('mood_reports_total', { result: 'sent' })).toBe(0)
  await exporter.stop('SIGKILL')
  return exporter
}

const startAgain = (config: DayConfig, { folder }: RunningExporter, { env }: Clock) =>
  startExporter(config, { files: FILES, folder, env })

const deliveries = (samples: Samples, output: string) =>
  samples.sum('mood_output_events_total', { output, result: 'delivered' })

/** Waits until an output has delivered the digest. */
const delivered = (exporter: RunningExporter, ...outputs: string[]) =>
  exporter.until(samples => outputs.every(output => deliveries(samples, output) > 0), PATIENCE)

/** A server that answers so many requests with an error, and others as the channel does. */
function failingFirst(count: number, failure: Reply, reply: Reply): { reply: Reply; answered: number[] } {
  const answered: number[] = []
  return {
    answered,
    reply(received, response, before) {
      answered.push(performance.now())
      return (before < count ? failure : reply)(received, response, before)
    },
  }
}

const bodies = (received: readonly Received[]) => received.map(({ body }) => JSON.parse(body))

/** All of them, which are alike: what comes again after a kill is the same. */
function expectEach(all: readonly unknown[], expected: unknown): void {
  expect(all.length).toBeGreaterThan(0)
  for (const each of all) expect(each).toEqual(expected)
}

test('the digest of a day arrives at each output as documented, through kills, expired tokens and full quotas', {
  timeout: 600_000,
}, async () => {
  // Limits that are over in a second, and one that the exporter does not live to see the end of.
  const slack = failingFirst(
    1,
    (_, response) => response.writeHead(429, { 'retry-after': '1' }).end('rate_limited'),
    slackServer,
  )
  const discord = failingFirst(
    1,
    (_, response) =>
      response
        .writeHead(429, { 'retry-after': '1' })
        .end('{"message":"You are being rate limited.","retry_after":1.25,"global":false}'),
    discordServer,
  )
  const telegram = failingFirst(
    1,
    (_, response) =>
      response
        .writeHead(429)
        .end(
          '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 600","parameters":{"retry_after":600}}',
        ),
    telegramServer,
  )
  // Two that have the digest, and do not get to say so before the exporter is killed.
  let isAnswered = false
  const [toSlack, toDiscord, toTelegram, toWebhook, smtp, kakao] = await Promise.all([
    receiver(slack.reply),
    receiver(discord.reply),
    receiver(telegram.reply),
    receiver((_, response) => (isAnswered ? response.end('ok') : undefined)),
    smtpServer({}, () => isAnswered),
    Kakao.listening(),
  ])
  // The first access token is refused, and after that the quota is full until midnight in Korea.
  kakao.failures.push({ code: -401 })
  const config = await configOf([
    { use: 'slack', url: toSlack.url },
    { use: 'discord', url: toDiscord.url },
    { use: 'telegram', token: TOKEN, chat: 42, api: new URL(toTelegram.url).origin },
    { use: 'webhook', url: toWebhook.url, timeout: '5m' },
    { use: 'file', path: './digests.jsonl' },
    { use: 'stdout' },
    {
      use: 'email',
      host: '127.0.0.1',
      port: smtp.port,
      tls: 'never',
      from: 'Mood <mood@example.org>',
      to: ['team@example.org'],
    },
    { use: 'kakaotalk', ...APP, refresh_token: 'refresh-0', api: kakao.url, auth: kakao.url },
  ])
  await using first = await playTheDay(config)

  // The digest had been due while it did not run: it comes after the start.
  const late = clockAt(LATE)
  kakao.isFull = () => late.now() < MIDNIGHT
  await using second = await startAgain(config, first, late)
  await delivered(second, 'slack', 'discord', 'file', 'stdout')
  await expect
    .poll(() => [telegram.answered.length, toWebhook.received.length, smtp.mails.length, kakao.refused], {
      timeout: PATIENCE,
    })
    .toEqual([1, expect.any(Number), expect.any(Number), [-401, -10]])
  await expect
    .poll(() => Math.min(toWebhook.received.length, smtp.mails.length), { timeout: PATIENCE })
    .toBeGreaterThan(0)
  const atKill = await second.samples()
  for (const output of ['telegram', 'webhook', 'email', 'kakaotalk'])
    expect(deliveries(atKill, output)).toBe(0)
  await second.stop('SIGKILL')
  const before = { webhook: toWebhook.received.length, mails: smtp.mails.length }

  // Kakao's day ends while it runs, if it starts within forty seconds.
  isAnswered = true
  const last = clockAt(LAST)
  kakao.isFull = () => last.now() < MIDNIGHT
  await using third = await startAgain(config, first, last)
  await delivered(third, 'telegram', 'webhook', 'email', 'kakaotalk')
  expect(last.now()).toBeGreaterThanOrEqual(MIDNIGHT)
  const end = await third.samples()
  expect(end.sum('mood_output_events_total')).toBe(
    end.sum('mood_output_events_total', { result: 'delivered' }),
  )
  expect(end.sum('mood_reports_total', { report: 'day', result: 'sent' })).toBe(1)
  await third.stop('SIGKILL')

  // What was asked for is waited for.
  const between = ({ answered: [failed = 0, next = 0] }: typeof slack) => next - failed
  expect(between(slack)).toBeGreaterThanOrEqual(990)
  expect(between(discord)).toBeGreaterThanOrEqual(1240)
  // One token that was refused and one in its place; after the kill none was asked for.
  expect(kakao.tokenRequests).toHaveLength(2)
  expect(kakao.refused.slice(0, 2)).toEqual([-401, -10])
  expect(new Set(kakao.refused.slice(2))).toEqual(new Set(kakao.refused.length > 2 ? [-10] : []))

  // For programs.
  expect(toWebhook.received.length).toBeGreaterThan(before.webhook)
  expect(new Set(toWebhook.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  const digests = bodies(toWebhook.received).flatMap(({ events }) => events as ReportEvent[])
  const digest = digests[0] as ReportEvent
  expectTheDigest(digest)
  expectEach(digests, digest)
  const linesOf = (lines: readonly string[]) =>
    lines.filter(line => line !== '').map(line => JSON.parse(line))
  expectEach(linesOf((await readFile(join(first.folder, 'digests.jsonl'), 'utf8')).split('\n')), digest)
  expectEach(linesOf([...second.printed, ...third.printed]), digest)

  // For people. The requests that were refused held the same.
  const missed = missedOf(digest)
  expectEach(bodies(toSlack.received), slackWith(missed))
  const message = { content: markdownWith(missed), flags: 4, allowed_mentions: { parse: [] } }
  expectEach(bodies(toDiscord.received), message)
  const text = { chat_id: '42', text: textWith(missed), link_preview_options: { is_disabled: true } }
  expectEach(bodies(toTelegram.received), text)
  expect(kakao.messages).toEqual([{ to: ['me'], template: { object_type: 'text', text: KAKAO, link: {} } }])
  expect([...KAKAO].length).toBeLessThanOrEqual(200)
  for (const { from, to, raw } of smtp.mails) {
    expect([from, to, header(raw, 'Subject')]).toEqual([
      'mood@example.org',
      ['team@example.org'],
      'Mood report: day',
    ])
    const [plain, html] = bodiesOf(raw)
    expect(plain?.trim().replaceAll('\r\n', '\n')).toBe(textWith(missed))
    expect(html?.trim().replaceAll('\r\n', '\n')).toBe(
      `<!doctype html><html lang="en"><body>${htmlWith(missed)}</body></html>`,
    )
    expect(header(raw, 'X-Mood-Key')).toBe(`report/day/${DUE}`)
  }
  expect(smtp.mails.length).toBeGreaterThan(before.mails)
  expect(new Set(smtp.mails.map(({ raw }) => header(raw, 'Message-ID'))).size).toBe(1)
})

const brokerOf = sharedBroker()

test('the digest of a day arrives in Kafka, though broker and exporter are killed', {
  timeout: 600_000,
}, async context => {
  const { kafka: broker, client, topic } = await brokerOf(context)
  await client.create([topic], 1)
  const config = await configOf([{ use: 'kafka', brokers: [broker.brokers], topic }])
  await using first = await playTheDay(config)
  await broker.stop('SIGKILL')
  await using second = await startAgain(config, first, clockAt(LATE))
  // It has made the digest, and cannot deliver it.
  await second.until(
    samples =>
      samples.sum('mood_reports_total', { result: 'sent' }) === 1 &&
      samples.sum('mood_output_up', { output: 'kafka' }) === 0,
    PATIENCE,
  )
  await second.stop('SIGKILL')
  await broker.restart()
  await using third = await startAgain(config, first, clockAt(LATE + MINUTE))
  await delivered(third, 'kafka')
  const [record] = await client.recordsOf(topic, 1)
  expect(record).toMatchObject({
    key: `report/day/${DUE}`,
    headers: { 'mood-kind': 'report', 'mood-key': `report/day/${DUE}` },
  })
  expectTheDigest(JSON.parse(record?.value as string))
})
