import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { LABELLED_POSTS } from '../../tools/stack/labelled-posts.ts'

const FILE = join(LABELLED_POSTS, 'en-tweets.tsv.gz')
const REVIEWS = join(LABELLED_POSTS, 'ko-reviews.tsv.gz')

const textsOf = (file: string) =>
  gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.slice(line.indexOf('\t') + 1))

/** Real Korean reviews; none if they are not available. */
export const reviewTexts = (count: number): string[] =>
  existsSync(REVIEWS) ? textsOf(REVIEWS).slice(0, count) : []

/** Real tweets if they are available, otherwise generated ones; the output says which. */
export function tweetTexts(count: number): { texts: string[]; real: boolean } {
  const real = existsSync(FILE)
  const texts = real
    ? textsOf(FILE)
    : Array.from(
        { length: 5000 },
        (_, i) =>
          `I ${i % 3 ? 'love' : 'hate'} this #phone${i % 97} so much @user${i} ${'la '.repeat(i % 20)}`,
      )
  return { texts: Array.from({ length: count }, (_, i) => texts[i % texts.length] as string), real }
}

/** A text as a complete status of Twitter's API v1.1, including its user. */
export function statusOf(text: string, i: number): object {
  const id = String(1_461_500_000_000_000_000n + BigInt(i) * 4099n)
  const name = `reader_${i % 7919}`
  return {
    created_at: 'Fri Nov 19 03:15:30 +0000 2021',
    id: Number(id),
    id_str: id,
    text,
    source: '<a href="http://twitter.com/download/iphone" rel="nofollow">Twitter for iPhone</a>',
    truncated: false,
    in_reply_to_status_id: null,
    in_reply_to_status_id_str: null,
    in_reply_to_user_id: null,
    in_reply_to_screen_name: null,
    user: {
      id: 100_000 + (i % 7919),
      id_str: String(100_000 + (i % 7919)),
      name: 'A Reader',
      screen_name: name,
      location: 'Busan, Republic of Korea',
      url: null,
      description: 'Reads a lot, says little.',
      protected: false,
      verified: false,
      followers_count: 120,
      friends_count: 88,
      listed_count: 1,
      favourites_count: 4021,
      statuses_count: 9000,
      created_at: 'Tue Mar 05 10:01:12 +0000 2013',
      utc_offset: null,
      time_zone: null,
      geo_enabled: false,
      lang: null,
      profile_image_url_https: 'https://pbs.twimg.com/profile_images/1/normal.jpg',
      profile_banner_url: 'https://pbs.twimg.com/profile_banners/1/1',
      default_profile: true,
      default_profile_image: false,
    },
    geo: null,
    coordinates: null,
    place: null,
    contributors: null,
    is_quote_status: false,
    quote_count: 0,
    reply_count: 0,
    retweet_count: 0,
    favorite_count: 0,
    entities: { hashtags: [], urls: [], user_mentions: [], symbols: [] },
    favorited: false,
    retweeted: false,
    filter_level: 'low',
    lang: 'en',
    timestamp_ms: '1637291730661',
  }
}

/** Records as from a relay: a line of JSON each. */
export function ndjson(values: readonly object[]): Buffer {
  return Buffer.from(`${values.map(value => JSON.stringify(value)).join('\n')}\n`)
}
