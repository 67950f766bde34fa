import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Words from the demo's posts, so that posts mention trending terms, and others that do not occur in them. */
const TERMS = [
  '달빛골목',
  '노바폰',
  '스타팜',
  '루멘커피',
  'nova phone',
  'café lumen',
  'moonlit alley',
  'unboxing',
  'latte',
  'finale',
  '치즈케이크',
  '배터리',
  '본방사수',
  '황금송어',
  '태풍 경로',
  '환율',
]

const LISTED = 10

/** How often the list changes, in milliseconds. */
const CHANGE_MS = 15_000

/** How strongly a term trends at a time: each rises and falls in waves with its own period. */
const strengthOf = (place: number, list: number) =>
  Math.sin(list / (5 + place) + place * 2.4) + 1 / (1 + place / 4)

/** A list as in answers of api.signal.bz, with its time. */
export function listAt(at: number): string {
  const list = Math.floor(at / CHANGE_MS)
  const terms = TERMS.map((keyword, place) => ({ keyword, strength: strengthOf(place, list) }))
    .sort((a, b) => b.strength - a.strength)
    .slice(0, LISTED)
  return JSON.stringify({
    now: list * CHANGE_MS,
    top10: terms.map(({ keyword }, i) => ({ rank: i + 1, keyword, state: 's' })),
  })
}

/** Serves trending searches on this machine for a source `poll`, until it is disposed. */
export async function serveRankings() {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(listAt(Date.now()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    source: {
      name: 'signal',
      use: 'poll',
      url: `http://127.0.0.1:${port}/news/realtime`,
      every: `${CHANGE_MS / 1000}s`,
      format: 'signal-bz',
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
