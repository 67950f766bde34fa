import { crossesInTheClear, duration, secret, z } from 'mood-exporter/plugin'

const aboveZero = { error: 'expected more than 0' }

/** A language as in `languages.labels`; X has few with a region, such as `zh-CN`. */
const language = z.string().regex(/^[a-z]{2,3}(?:-[A-Z]{2})?$/, { error: 'expected a language such as "en"' })

const rule = z.string().trim().min(1)

/** The prefix of the tags of our rules. */
const OWNER = /^[A-Za-z0-9_.-]{1,50}$/

const posts = () => z.int().min(1).max(1_000_000_000)

export const options = z
  .object({
    bearer_token: secret()
      .regex(/^[\x21-\x7e]{1,1024}$/, { error: 'expected up to 1024 ASCII characters without white space' })
      .describe('The bearer token of the app, from the Developer Console.'),
    mode: z
      .enum(['stream', 'search', 'counts'])
      .default('stream')
      .describe(
        '`stream`: live posts, by rules. `search`: posts, by searching at intervals. `counts`: the number of posts, without the posts.',
      ),
    every: duration()
      .refine(ms => ms >= 10_000, { error: 'expected 10s or more' })
      .optional()
      .describe('How often to ask in the modes `search` (default 1m) and `counts` (default 15m).'),
    budget: z
      .strictObject({
        posts_per_day: posts().optional().describe('Posts that may be read in a day of UTC.'),
        posts_per_month: posts().optional().describe('Posts that may be read in a billing cycle.'),
        usd_per_post: z.number().min(0).max(100).default(0.005).describe("X's price of a post."),
        cycle_day: z
          .int()
          .min(1)
          .max(28)
          .default(1)
          .describe('The day of the month on which the billing cycle begins.'),
      })
      .prefault({})
      .describe('The budget of posts, and their price. A limit is required, except for `counts`.'),
    languages: z
      .array(language)
      .min(1)
      .optional()
      .describe('Only posts in these languages, as X sees them; by default all.'),
    retweets: z.boolean().default(true).describe('Whether retweets are requested.'),
    whole_retweets: z
      .boolean()
      .default(false)
      .describe('Whether to request the full text of retweeted posts. X charges for those too.'),
    sample: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Per cent of the posts that X is to send, picked at random; by default all. Only for `stream`.',
      ),
    rules: z
      .record(z.string(), z.union([rule, z.array(rule).min(1)]))
      .default({})
      .describe("By topic: a rule in X's own language, or several, instead of the one made of its keywords."),
    owner: z
      .string()
      .regex(OWNER, { error: 'expected up to 50 letters, digits, "_", "." or "-"' })
      .default('mood-exporter')
      .describe(
        "The prefix of the tags of this source's rules. Exporters that share an app each need their own.",
      ),
    rule_length: z
      .int()
      .min(64)
      .max(10_000)
      .default(1024)
      .describe('Characters that a rule of the stream may have; 2048 for Enterprise.'),
    query_length: z
      .int()
      .min(64)
      .max(10_000)
      .default(512)
      .describe('Characters that a query may have; 4096 for Enterprise.'),
    end_stale_connection: z
      .boolean()
      .default(true)
      .describe('Whether to end a connection that X still counts, once, when it allows no other.'),
    fill_gaps: z
      .boolean()
      .default(true)
      .describe(
        'Whether recent search reads what was written while the stream was not open. X charges for these posts as for others. Not with `sample`.',
      ),
    gap_posts: z.int().min(10).max(10_000).default(1000).describe('Posts that may be read to fill one gap.'),
    usage: z.boolean().default(true).describe("Whether to compare with X's own count, once an hour."),
    silence: duration()
      .refine(ms => ms > 0, aboveZero)
      .prefault('25s')
      .describe('How long the stream may be silent; X sends a keep-alive every 20 s.'),
    timeout: duration()
      .refine(ms => ms > 0, aboveZero)
      .prefault('30s')
      .describe('How long a request may take.'),
    url: z
      .url({ protocol: /^https?$/ })
      .default('https://api.x.com')
      .describe('The base URL of the API, for example of a gateway.'),
  })
  .refine(({ mode, budget }) => mode === 'counts' || budget.posts_per_day || budget.posts_per_month, {
    path: ['budget'],
    error:
      'expected `posts_per_day` or `posts_per_month`, since X charges for each post: `budget: { posts_per_day: 2000 }` is up to 10 USD a day',
  })
  .refine(({ mode, sample }) => mode === 'stream' || sample === undefined, {
    path: ['sample'],
    error: 'only for `mode: stream`',
  })
  .refine(({ url }) => !crossesInTheClear(url), {
    path: ['url'],
    error: 'expected https, as the token goes there',
  })

export type TwitterOptions = z.output<typeof options>
