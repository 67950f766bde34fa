import type { MetricDefinitions } from 'mood-exporter/plugin'

/** The source's own metrics. */
export const metrics = {
  posts_read: {
    type: 'counter',
    help: 'Posts that X delivered, each of which it charges for.',
  },
  budget_posts: {
    type: 'gauge',
    help: 'Posts that may be read in the period, by the budget.',
    labels: ['period'],
  },
  budget_read_posts: {
    type: 'gauge',
    help: 'Posts that were read in the period so far.',
    labels: ['period'],
  },
  budget_left_posts: {
    type: 'gauge',
    help: 'Posts that may still be read in the period.',
    labels: ['period'],
  },
  budget_paused: {
    type: 'gauge',
    help: 'Whether nothing is read until a period of the budget turns, since it is used up: 1 or 0.',
  },
  budget_pace_ratio: {
    type: 'gauge',
    help: 'Posts that will have been read at the end of the period at the pace of the last hour, as a part of the budget. Above 1 the budget is used up early.',
    labels: ['period'],
  },
  cost_usd: {
    type: 'gauge',
    help: 'What X charges for the posts of the period so far, by the price in the configuration.',
    labels: ['period'],
  },
  usage_posts: {
    type: 'gauge',
    help: 'Posts that X has counted for the whole project in this billing cycle.',
  },
  usage_cap_posts: {
    type: 'gauge',
    help: 'Posts that X allows the project in a billing cycle.',
  },
  rules: {
    type: 'gauge',
    help: 'Rules of ours that X has.',
  },
  refused_topics: {
    type: 'gauge',
    help: 'Topics that X is not asked for, as it refused their rules or none can be made of them.',
  },
  sample_ratio: {
    type: 'gauge',
    help: 'The part of the posts that X is asked for: 1 for all.',
  },
  stale_connections_ended: {
    type: 'counter',
    help: 'Connections that were ended since X allowed no other.',
  },
  volume_posts: {
    type: 'counter',
    help: 'Posts on X about the topic: as X counts them in the mode counts; in other modes the posts received, extrapolated if they are a sample. The first 50 topics; others count as other.',
    labels: ['topic'],
  },
  filled_posts: {
    type: 'counter',
    help: 'Posts that recent search found which the stream had missed while it was not open.',
  },
  counts_requests: {
    type: 'counter',
    help: 'Requests of the mode counts, each of which X charges for.',
  },
} as const satisfies MetricDefinitions
