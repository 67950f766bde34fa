import { Body } from '../metrics/body.ts'
import { CONTENT_TYPES, ENDS } from '../metrics/text-format.ts'
import type { ExporterView, Status } from '../runtime/view.ts'

const NOW = Date.UTC(2026, 2, 1, 15, 42, 7)

/** An exporter that has run for three hours, for tests of the server and for viewing its page. */
export function someStatus(more: Partial<Status> = {}): Status {
  return {
    version: '0.1.0',
    node: '24.21.0',
    startedAt: NOW - (3 * 60 + 12) * 60_000,
    now: NOW,
    notReady: [],
    config: {
      file: '/etc/mood/mood.yml',
      loadedAt: NOW - (3 * 60 + 12) * 60_000,
      lastReload: { ok: true, at: NOW - (3 * 60 + 12) * 60_000, problems: [] },
      shown:
        'sources:\n  - use: twitch\n    channel: galaxy\n    token: "********"\n  - use: file\n    path: ./tweets.tsv.gz\ntopics:\n  galaxy:\n    any: [galaxy s26, 갤럭시]\n',
    },
    sentiment: { positive: 0.05, negative: -0.05 },
    workers: { ready: 2, configured: 2, restarts: 1 },
    sources: [
      source('twitch', 'up', { records: 4_812_044, posts: 4_790_112, postsPerSecond: 412.4 }),
      source('relay', 'down', {
        detail: 'connect ECONNREFUSED 10.0.4.17:9999; trying again in 8 s',
        records: 802_113,
        posts: 801_990,
        dropped: { off_topic: 214_003, invalid: 121, encoding: 2 },
        reconnects: 14,
        watermark: NOW - 95_000,
      }),
      source('archive', 'finished', { records: 1_600_000, posts: 1_600_000, dropped: { duplicate: 18 } }),
    ],
    topics: [
      topic('galaxy', 'afinn', [1_204_118, 1_811_007, 402_881, 120_414], [0.21, 0.18]),
      topic('galaxy', 'emoji', [311_920, 92_114, 61_007, 3_073_379], [0.44, 0.31]),
      topic('transit', 'afinn', [80_122, 210_554, 340_987, 12_004], [-0.52, -0.11]),
      topic('transit', 'emoji', [9_012, 4_412, 52_230, 578_013], [null, -0.38]),
      topic('콘서트', 'afinn', [0, 0, 0, 88_120], [null, null]),
      topic('콘서트', 'emoji', [60_011, 9_120, 2_044, 16_945], [0.71, 0.66]),
    ],
    rankings: [
      {
        source: 'signal',
        at: NOW - 240_000,
        items: [
          { rank: 1, term: '갤럭시' },
          { rank: 2, term: '첫눈' },
        ],
        windows: [
          { window: '1h', snapshots: 6, terms: [{ term: '첫눈', share: 1, meanRank: 1.5 }] },
          { window: '1d', snapshots: 1_144, terms: [{ term: '갤럭시', share: 0.333, meanRank: 2.25 }] },
        ],
      },
    ],
    terms: [
      ...terms('hashtags', 'galaxy', ['#galaxys26', '#갤럭시', '#unpacked', '#camera', '#ai']),
      ...terms('hashtags', 'transit', ['#delayed', '#line2', '#strike', '#latenow', '#commute']),
      ...terms('emoji', 'galaxy', ['😂', '❤️', '🔥', '😡', '👍🏽']),
      ...terms('mentions', 'galaxy', ['@samsungmobile', '@verge', '@mkbhd']),
    ],
    plugins: [
      plugin('source', 'twitch', 12.4),
      plugin('format', 'twitter-v1', 41.8),
      plugin('scorer', 'afinn', 212.7),
      plugin(
        'scorer',
        'exclaim',
        3.1,
        { threw: 3, timeout: 1 },
        "TypeError: Cannot read properties of undefined (reading 'split')",
      ),
      plugin('extractor', 'hashtags', 30.2),
    ],
    ...more,
  }
}

function source(
  name: string,
  state: Status['sources'][number]['state'],
  more: Partial<Status['sources'][number]>,
) {
  return {
    name,
    use: name === 'archive' ? 'file' : name === 'relay' ? 'tcp' : 'twitch',
    format: name === 'relay' ? 'twitter-v1' : 'text',
    state,
    detail: '',
    records: 0,
    posts: 0,
    postsPerSecond: 0,
    dropped: {},
    reconnects: 0,
    queueBytes: state === 'up' ? 48_211 : 0,
    watermark: NOW - 1200,
    ...more,
  }
}

function topic(
  name: string,
  scorer: string,
  [positive, neutral, negative, unknown]: [number, number, number, number],
  [second, minute]: [number | null, number | null],
): Status['topics'][number] {
  return {
    topic: name,
    scorer,
    posts: { positive, neutral, negative, unknown },
    recent: minute === null ? null : { window: '1m', score: minute },
    windows: [
      { window: '1s', posts: 41, score: second },
      { window: '1m', posts: 2_466, score: minute },
    ],
  }
}

function terms(extractor: string, topicName: string, found: string[]): Status['terms'] {
  return ['1m', '5m', '1h'].map((window, place) => ({
    extractor,
    topic: topicName,
    window,
    terms: found.map((_, rank) => ({
      term: found[(rank + place * (rank % 2)) % found.length] as string,
      posts: Math.round((600 * 5 ** place) / (rank + 1)),
      score: rank === 4 ? null : 0.5 - 0.3 * rank,
    })),
  }))
}

function plugin(
  kind: Status['plugins'][number]['kind'],
  name: string,
  seconds: number,
  errors: Record<string, number> = {},
  lastError = '',
): Status['plugins'][number] {
  return { kind, name, use: name === 'exclaim' ? './exclaim.ts' : name, seconds, errors, lastError }
}

/** An exporter with {@link someStatus} and overrides; `refusedStatuses` stores what was counted. */
export function someView(more: Partial<ExporterView> = {}): ExporterView & { refusedStatuses: number[] } {
  const refusedStatuses: number[] = []
  return {
    refusedStatuses,
    status: () => someStatus(),
    notReady: () => [],
    metrics: async format => Body.of(CONTENT_TYPES[format], `mood_workers 2\n${ENDS[format]}`),
    reload: async () => ({ ok: true }),
    admitsAlerts: () => 'absent',
    alerts: async () => ({ status: 200, line: 'Taken.' }),
    refused: status => refusedStatuses.push(status),
    ...more,
  }
}
