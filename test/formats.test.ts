import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'
import type { Samples } from '../tools/stack/samples.ts'

const CONFIG = `
sources:
  - { name: connector, use: file, path: ./connector.jsonl, format: kafka-connect-twitter }
  - { name: logstash, use: file, path: ./logstash.jsonl, format: logstash-twitter }
  - { name: filebeat, use: file, path: ./filebeat.jsonl, format: { use: filebeat, format: { use: chatty, time_zone: Asia/Seoul } } }
  - { name: chatty, use: file, path: "./*_#channel.log", format: chatty }
  - { name: feed, use: file, path: ./feed.xml, format: rss }
  - { name: archive, use: file, path: ./tweets.js, format: { use: twitter-archive, retweets: false } }
scorers: [{ use: afinn }]
extractors: []
# On a busy machine a thread may wait for its turn longer than a plugin usually takes.
limits: { plugin_timeout: 30s }
`

const lines = (...records: (string | object)[]) =>
  records.map(record => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join('')

const event = (message: string) => ({ '@timestamp': '2021-11-19T03:15:30.123Z', message })
const tweet = (id_str: string, full_text: string) => ({ tweet: { id_str, full_text } })
const item = (title: string) => `<item><title>${title}</title></item>`

const FILES = {
  'connector.jsonl': lines(
    '{"Id":1461526788904562689,"Text":"so good","CreatedAt":1637291730000}',
    '{"schema":{"type":"struct"},"payload":{"id":1461526788904562690,"text":"so bad","user":{"id":1}}}',
    'a plain text that is good',
    'null',
    '{"Id":1461526788904562691,"Te',
  ),
  'logstash.jsonl': lines(event('so good'), { ...event('bad'), user: 'jane' }, { '@version': '1' }),
  'filebeat.jsonl': lines(
    event('[12:15:28] <@+Jane> so good'),
    event('[12:15:29] JOIN: jane'),
    event('what is no line of a chat'),
  ),
  '2021-11-19_#channel.log': lines(
    '# Log started: 2021-11-19 12:15:30 +0900',
    '[12:15:31] You have joined #channel',
    '[12:15:40] <@+Jane> so good',
    '# Log closed: 2021-11-19 13:15:30 +0900',
    '-',
    '# Log started: 2021-11-19 23:00:00 +0900',
    '[00:10:00] <jane>* thinks that it is bad',
  ),
  'feed.xml': `<rss version="2.0"><channel>${item('So good')}${item('So bad')}</channel></rss>\n`,
  'tweets.js': `window.YTD.tweets.part0 = ${JSON.stringify([tweet('1', 'good'), tweet('2', 'RT @a: bad')], null, 2)}`,
}

/** Posts by their sentiment, and records without one. */
const EXPECTED = {
  connector: { positive: 2, negative: 1, not_a_post: 1, invalid: 1 },
  logstash: { positive: 1, negative: 1, not_a_post: 0, invalid: 1 },
  filebeat: { positive: 1, negative: 0, not_a_post: 1, invalid: 1 },
  chatty: { positive: 1, negative: 1, not_a_post: 3, invalid: 0 },
  feed: { positive: 1, negative: 1, not_a_post: 0, invalid: 0 },
  archive: { positive: 1, negative: 0, not_a_post: 1, invalid: 0 },
}

const countsOf = (samples: Samples) =>
  Object.fromEntries(
    Object.keys(EXPECTED).map(source => [
      source,
      {
        positive: samples.sum('mood_posts_total', { source, sentiment: 'positive' }),
        negative: samples.sum('mood_posts_total', { source, sentiment: 'negative' }),
        not_a_post: samples.sum('mood_posts_dropped_total', { source, reason: 'not_a_post' }),
        invalid: samples.sum('mood_posts_dropped_total', { source, reason: 'invalid' }),
      },
    ]),
  )

const total = (counts: Record<string, Record<string, number>>) =>
  Object.values(counts)
    .flatMap(each => Object.values(each))
    .reduce((sum, count) => sum + count, 0)

test('files of each pipeline and archive are counted right', async () => {
  await using exporter = await startExporter(CONFIG, { files: FILES })
  const samples = await exporter.until(samples => total(countsOf(samples)) >= total(EXPECTED), 90_000)
  expect(countsOf(samples)).toEqual(EXPECTED)
}, 120_000)
