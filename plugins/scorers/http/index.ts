import {
  crossesInTheClear,
  defineScorer,
  duration,
  type Log,
  languageFilter,
  languagesOption,
  type Post,
  pointer,
  secret,
  size,
  z,
} from 'mood-exporter/plugin'
import { Breaker } from './breaker.ts'
import { Client, RetryBudget } from './client.ts'
import { scoresReader } from './scores.ts'

const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'expected the name of a header' })
const headerValue = secret().regex(/^[\t\x20-\x7e]*$/, { error: 'expected printable ASCII characters' })

const options = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'expected a URL such as "http://127.0.0.1:8000/"' })
    .refine(url => !/^https?:\/\/[^/?#]*@/i.test(url), {
      error: 'expected no credentials in it: use `token` or `headers`',
    })
    .describe('The URL of the service.'),
  token: headerValue.optional().describe('Sent as `Authorization: Bearer TOKEN`.'),
  headers: z.record(headerName, headerValue).default({}).describe('Further headers of each request.'),
  batch_size: z.int().min(1).max(10_000).default(32).describe('Posts in one request.'),
  concurrency: z.int().min(1).max(1000).default(4).describe('Requests at once, for each worker thread.'),
  timeout: duration()
    .refine(ms => ms > 0, { error: 'expected more than 0' })
    .prefault('900ms')
    .describe('How long a batch may take, retries included. It should be less than `limits.plugin_timeout`.'),
  retries: z
    .int()
    .min(0)
    .max(10)
    .default(2)
    .describe('How often a request is sent again after 429, 5xx or a broken connection, if there is time.'),
  retry_budget: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('The maximum of retries, as a share of requests.'),
  breaker_failures: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Consecutive failed batches that open the circuit: no requests for `breaker_pause`.'),
  breaker_pause: duration()
    .prefault('10s')
    .describe('How long the circuit stays open, before one batch tries the service again.'),
  max_response: size()
    .refine(bytes => bytes > 0, { error: 'expected more than 0' })
    .prefault('1MiB')
    .describe('The maximum size of a response, decompressed.'),
  scores_at: pointer()
    .optional()
    .describe(
      'JSON pointer to the list of scores in the response; by default `/scores` or the whole response.',
    ),
  score_at: pointer()
    .optional()
    .describe('JSON pointer to the score in an item of that list; by default `/score` or the whole item.'),
  emotions_at: pointer()
    .optional()
    .describe('JSON pointer to the list of emotions in an item; by default `/emotions`.'),
  scale: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, {
      error: 'expected the lowest and the highest score, such as [0, 1]',
    })
    .optional()
    .describe('The lowest and the highest score that the service returns; by default `[-1, 1]`.'),
  emotions: z
    .array(z.string().min(1))
    .max(50)
    .default([])
    .describe('All emotions that the service may return; without this option, emotions are ignored.'),
  languages: languagesOption(),
})

export default defineScorer({
  name: 'http',
  description: 'A scoring service of your own: posts it batches of posts, reads scores.',
  options,
  create(options, { log, signal }) {
    const { url, token, headers, emotions } = options
    warnOfClearToken(url, token !== undefined || Object.keys(headers).length > 0, log)
    const client = new Client({
      service: {
        url,
        headers: {
          'user-agent': 'mood-exporter',
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
          'content-type': 'application/json',
        },
        maxResponse: options.max_response,
      },
      timeout: options.timeout,
      retries: options.retries,
      budget: new RetryBudget(options.retry_budget),
      breaker: new Breaker({
        failures: options.breaker_failures,
        pause: options.breaker_pause,
        opened: (reason, ms) =>
          log.warn('the service failed; no requests for a while', { reason, seconds: ms / 1000 }),
        closed: () => log.info('the service answers again'),
      }),
      signal,
    })
    const read = scoresReader(options)
    const isScored = languageFilter(options.languages)

    return {
      emotions,
      batchSize: options.batch_size,
      concurrency: options.concurrency,
      async scoreBatch(posts) {
        const asked = posts.filter(isScored)
        if (asked.length === 0) return posts.map(() => null)
        const scores = await client.call(bodyOf(asked), answer => read(answer, asked.length))
        let next = 0
        // biome-ignore lint/style/noNonNullAssertion: there are as many scores as posts that were asked of
        return posts.map(post => (post === asked[next] ? scores[next++]! : null))
      },
    }
  },
})

/** A lone surrogate is not valid Unicode, and most programs reject it. */
const bodyOf = (posts: readonly Post[]): string =>
  JSON.stringify({ posts: posts.map(({ id, text, lang }) => ({ id, text: text.toWellFormed(), lang })) })

function warnOfClearToken(url: string, hasSecret: boolean, log: Log): void {
  if (hasSecret && crossesInTheClear(url))
    log.warn('the token crosses the network in the clear: use https, where the service has it')
}
