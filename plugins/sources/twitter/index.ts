import {
  defineSource,
  type Emitter,
  type ReconnectPolicy,
  type Source,
  type SourceContext,
} from 'mood-exporter/plugin'
import { Api, Limits } from './api.ts'
import { Budget } from './budget.ts'
import { RecentCounts } from './counts.ts'
import { GapFiller } from './filler.ts'
import { metrics } from './metrics.ts'
import { options, type TwitterOptions } from './options.ts'
import { xPolicy } from './policy.ts'
import { RecentIds } from './recent-ids.ts'
import { RuleSet } from './rules/rule-set.ts'
import { rulesCommand } from './rules-command.ts'
import { RecentSearch } from './search.ts'
import { LEAST_PAGE } from './span-reader.ts'
import { Spending } from './spending.ts'
import { FilteredStream } from './stream.ts'
import { StreamWriter } from './stream-writer.ts'
import { readUntil } from './timetable.ts'
import { requireTopics, searchedOf, wantedOf } from './topics.ts'
import { watchUsage } from './usage.ts'

/** Posts that X may have sent, and charges for, when the stream is ended: a maximum, and as a part of the limit. */
const ON_THEIR_WAY = 250
const ON_THEIR_WAY_PART = 100

/** How many posts of the stream are remembered, to recognise them while a gap is filled. */
const RECENT_IDS = 10_000

const EVERY_MS = { search: 60_000, counts: 900_000 } as const

type Context = SourceContext<typeof metrics>

/** @param policy determines the waits between attempts */
export async function createTwitter(
  options: TwitterOptions,
  context: Context,
  policy: () => ReconnectPolicy = xPolicy,
): Promise<Source> {
  const { mode, url, timeout: timeoutMs, bearer_token: token, budget: limits } = options
  const { log, signal, topics, metrics, store, maxRecordBytes, position } = context
  requireTopics(topics, options)
  const rateLimits = new Limits()
  const api = new Api({
    token,
    url,
    timeoutMs,
    signal,
    onLimit: (endpoint, limit) => rateLimits.note(endpoint, limit),
  })
  const asking = { api, wanted: wantedOf(options), topics, policy, url, log, metrics }
  const polling = {
    ...asking,
    until: readUntil(position),
    nextAt: () => rateLimits.nextAt(mode === 'counts' ? 'counts' : 'search'),
    onRun: (emitter: Emitter) => rateLimits.show(emitter),
  }
  if (mode === 'counts') return new RecentCounts({ ...polling, everyMs: options.every ?? EVERY_MS.counts })

  const least = Math.min(
    ...[limits.posts_per_day, limits.posts_per_month].filter(limit => limit !== undefined),
  )
  const reserve = mode === 'stream' ? Math.min(ON_THEIR_WAY, Math.floor(least / ON_THEIR_WAY_PART)) : 0
  const smallest = mode === 'search' ? LEAST_PAGE : 1
  const budget = await Budget.open({ ...limits, reserve, smallest }, store, log)
  const spending = new Spending(budget, metrics)
  metrics.sample_ratio.set((options.sample ?? 100) / 100)
  if (options.usage) void watchUsage({ api, budget, log, metrics }, signal)
  const reading = { spending, maxRecordBytes, wholeRetweets: options.whole_retweets }
  if (mode === 'search')
    return new RecentSearch({ ...polling, ...reading, everyMs: options.every ?? EVERY_MS.search })
  const streamWriter = new StreamWriter(position)
  const recent = new RecentIds(RECENT_IDS)
  // The results of a search are not a sample.
  const filler =
    options.fill_gaps && options.sample === undefined
      ? new GapFiller({
          ...asking,
          ...reading,
          wanted: searchedOf(options),
          nextAt: () => rateLimits.nextAt('search'),
          streamWriter,
          recent,
          mostPosts: options.gap_posts,
        })
      : null
  return new FilteredStream({
    ...asking,
    ...reading,
    streamWriter,
    recent,
    filler,
    onRun: polling.onRun,
    nextAt: () => rateLimits.nextAt('stream'),
    rules: new RuleSet(api, options.owner),
    silenceMs: options.silence,
    weight: 100 / (options.sample ?? 100),
    endStaleConnection: options.end_stale_connection,
  })
}

export default defineSource({
  name: 'twitter',
  description: 'Posts of X (Twitter), by its API v2: a filtered stream, recent search, or counts alone.',
  live: true,
  replayable: true,
  format: 'twitter-v2',
  errors: {
    ERR_TWITTER_TOPICS:
      'The source `twitter` asks X for the posts of topics, and there is none that it can ask for. Add a topic with `any` or `all`, or a rule of its own in `rules`.',
    ERR_TWITTER_RULES: 'A topic in `rules` is not a topic of the configuration. Correct its name.',
  },
  options,
  metrics,
  commands: { rules: rulesCommand },
  create: (options, context) => createTwitter(options, context),
})
