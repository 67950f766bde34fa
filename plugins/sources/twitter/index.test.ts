import { testSource } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import twitter from './index.ts'
import { NOVA } from './testing-twitter.ts'

const raw = (more: object) => ({ bearer_token: 'token', budget: { posts_per_day: 10 }, ...more })
const options = (more: object) => twitter.options.safeParse(raw(more))

test.each<[object, string]>([
  [{ budget: {} }, 'X charges for each post'],
  [{ budget: { usd_per_post: 1 }, mode: 'search' }, 'expected `posts_per_day` or `posts_per_month`'],
  [{ mode: 'search', sample: 10 }, 'only for `mode: stream`'],
  [{ url: 'http://example.org' }, 'expected https, as the token goes there'],
  [{ bearer_token: 'two words' }, 'without white space'],
  [{ every: '1s' }, 'expected 10s or more'],
  [{ languages: ['english'] }, 'expected a language such as "en"'],
  [{ owner: 'a:b' }, 'expected up to 50 letters'],
  [{ budget: { posts_per_day: 10, cycle_day: 31 } }, '28'],
])('rejects invalid options: %j', (more, message) => {
  const { error } = options(more)
  expect(error?.issues.map(issue => issue.message).join()).toContain(message)
})

test('counts need no budget, as they read no post', () => {
  expect(options({ mode: 'counts', budget: undefined }).success).toBe(true)
})

test('does not start without a topic to request, with the reason', async () => {
  const making = (topics: Parameters<typeof testSource>[2]) =>
    testSource(twitter as never, raw({}) as never, topics)
  await expect(making({})).rejects.toMatchObject({
    code: 'ERR_TWITTER_TOPICS',
    message: 'topics: expected one that X can be asked for, got none',
  })
  await expect(making({ topics: [{ name: 'calm', not: ['nova'] }] })).rejects.toMatchObject({
    code: 'ERR_TWITTER_TOPICS',
    message: expect.stringMatching(/got "calm": X takes no rule for every post, or for all but some/),
  })
})

test('a rule for an unknown topic is an error that names it', async () => {
  const making = testSource(twitter as never, raw({ rules: { novas: 'nova' } }) as never, {
    topics: [NOVA],
  })
  await expect(making).rejects.toMatchObject({
    code: 'ERR_TWITTER_RULES',
    message: 'rules: there is no topic "novas"; the topics are nova',
  })
})
