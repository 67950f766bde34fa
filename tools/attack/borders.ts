import { startExporter } from '../stack/exporter.ts'
import { type AttackClass, ensure } from './attack.ts'
import { answers, QUIET } from './target.ts'

/** Attacks of a source on the exporter, before it emits one valid post. Each throws if it is not rejected. */
const FAULTS = {
  counts: `for (const n of ['12', -5, NaN, Infinity, 1.5, {}, 2 ** 60]) refused(() => sink.drop('invalid', n))`,
  reasons: `for (let i = 0; i < 20000; i++) refused(() => sink.drop('reason ' + i))`,
  lags: `for (const n of [NaN, '7', {}, null]) refused(() => sink.lag(n))`,
  partitions: `for (const partition of [7, {}, []]) await refusedLater(() => sink.write(['x'], { partition }))`,
  positions: `for (const position of [() => 1, 1n, Symbol('x')]) await refusedLater(() => sink.write([], { position }))`,
  records: `for (const record of [undefined, Symbol('x'), () => 1, 5n]) await refusedLater(() => sink.write([record]))`,
  messages: `
    const made = [null, 7, { type: 'batch', batch: null }, { type: 'drop' }, { type: 'delta', epoch: 1 }, { type: 'stopped' }]
    for (const message of made) threads.parentPort.postMessage(message)
    if (threads.workerData?.port) throw new Error('the port is there')`,
  globals: `for (const what of ['JSON', 'Map', 'Date', 'Promise']) refused(() => { 'use strict'; globalThis[what].prototype.x = 1; globalThis[what].parse = 1; throw new TypeError() })`,
  getters: `await sink.write([{ get text() { throw new Error('no') }, createdAt: 1 }]).catch(() => {})`,
  overlaps: `await Promise.allSettled(Array.from({ length: 500 }, () => sink.write([])))`,
  floods: `for (let i = 0; i < 20000; i++) { sink.up(); sink.down('x'.repeat(1000)); sink.refused('y'.repeat(1000)) }`,
} as const

const SOURCE = `
import { once } from 'node:events'
import * as threads from 'node:worker_threads'
import { defineSource, z } from 'mood-exporter/plugin'
const refused = act => {
  try { act() } catch (error) { if (error instanceof TypeError) return; throw error }
  throw new Error('not refused: ' + act)
}
const refusedLater = async act => {
  try { await act() } catch (error) { if (error instanceof TypeError) return; throw error }
  throw new Error('not refused: ' + act)
}
const faults = {
  ${Object.entries(FAULTS)
    .map(([name, body]) => `${name}: async sink => { ${body} }`)
    .join(',\n')}
}
export default defineSource({
  name: 'wrong', description: 'A test.', options: z.object({ fault: z.string() }),
  create: ({ fault }) => ({
    async run(sink, signal) {
      await faults[fault](sink)
      await sink.write([{ text: 'a good day', createdAt: Date.now() }])
      sink.up()
      await once(signal, 'abort')
    },
  }),
})`

const GREEDY = `
import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'greedy', description: 'A test.', options: z.object({}),
  create: () => ({ concurrency: 1e9, scoreBatch: async posts => posts.map(() => 0.5) }),
})`

const sources: AttackClass = {
  title: 'sources that hand over what is none: counts, reasons, records, made-up messages',
  async run({ attempt }) {
    const names = Object.keys(FAULTS)
    const config = {
      ...QUIET,
      sources: names.map(fault => ({ use: './wrong.ts', name: fault, fault })),
    }
    await using exporter = await startExporter(config, {
      files: { 'wrong.ts': SOURCE },
    })
    for (const name of names)
      await attempt(name, async () => {
        const samples = await exporter.until(
          samples => samples.sum('mood_source_posts_total', { source: name }) === 1,
          60_000,
        )
        const failures = samples.sum('mood_source_failures_total', { source: name })
        ensure(failures === 0, `it failed ${failures} times`)
        const dropped = samples.sum('mood_posts_dropped_total', { source: name })
        ensure(dropped <= 1, `${dropped} posts are counted as dropped`)
      })
    await attempt('a scorer that wants a milliard of calls at once', async () => {
      const config = {
        ...QUIET,
        sources: [{ use: 'http', listen: '127.0.0.1:0' }],
        scorers: [{ use: './greedy.ts' }],
      }
      await using greedy = await startExporter(config, { files: { 'greedy.ts': GREEDY } })
      await greedy.push(
        Array.from({ length: 100 }, (_, i) => JSON.stringify({ text: `a good day ${i}`, lang: 'en' })),
      )
      await greedy.until(samples => samples.sum('mood_posts_total', { sentiment: 'positive' }) === 100)
      ensure(
        greedy.log.some(line => line.includes('`concurrency` is 1000000000: 1000 is used')),
        'it was not lowered, or nothing says so',
      )
    })
    await attempt('the series are bounded, and each is a number', async () => {
      const text = await answers(exporter)
      ensure(text.length < 1_000_000, `/metrics has ${text.length} bytes`)
      ensure(
        !/^\w+_(total|count|bucket)(\{.*\})? (NaN|-|\d*\.)/m.test(
          text.replaceAll(/^\w+_seconds\w*.*$/gm, ''),
        ),
        'a count is no count',
      )
    })
  },
}

const SECRETS = ['s3cret-by-schema', 's3cret-in-a-file', 's3cret-in-a-url']

const TELLS = `
import { defineScorer, secret, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'tells', description: 'A test.', options: z.object({ code: secret(), pin: secret(), url: z.string() }),
  create: ({ code, pin, url }, { log }) => ({
    score: ({ text }) => {
      log.error('with ' + code, { pin, url, [pin]: { nested: [code] } })
      console.error(new Error(code), { pin, url })
      process.emitWarning('warned of ' + code + pin)
      if (text.endsWith('1')) throw code
      if (text.endsWith('2')) throw { message: pin, stack: url }
      if (text.endsWith('3')) return { score: 0.5, explanation: [{ word: code, weight: 1 }] }
      throw new Error('cannot log in with ' + code + ' and ' + pin + ' at ' + url, { cause: new Error(encodeURIComponent(code)) })
    },
  }),
})`

const secrets: AttackClass = {
  title: 'secrets, said by a plugin at every outlet',
  async run({ attempt }) {
    const config = {
      ...QUIET,
      sources: [{ use: 'http', listen: '127.0.0.1:0' }],
      scorers: [
        { use: './tells.ts', code: SECRETS[0], pin_file: './pin', url: `http://a/?api_key=${SECRETS[2]}` },
        { use: 'http', url: `http://127.0.0.1:9/?api_key=${SECRETS[2]}` },
      ],
    }
    await using exporter = await startExporter(config, {
      files: { 'tells.ts': TELLS, pin: SECRETS[1] as string },
    })
    await exporter.push(
      Array.from({ length: 5 }, (_, i) => JSON.stringify({ text: `a good day ${i}`, lang: 'en' })),
    )
    await exporter.until(samples => samples.sum('mood_plugin_errors_total', { plugin: 'tells' }) >= 4)
    await exporter.logged(({ msg }) => msg === 'a plugin wrote to its console')
    const check = (what: string, text: () => Promise<string>) =>
      attempt(
        what,
        async () => {
          const got = await text()
          for (const secret of SECRETS) ensure(!got.includes(secret), `it shows ${secret}`)
        },
        SECRETS.length,
      )
    for (const path of ['/', '/api/v1/status', '/metrics', '/-/ready', '/nothing?x=1'])
      await check(path, async () => (await fetch(exporter.url + path)).text())
    await check('the log', async () => exporter.log.join('\n'))
  },
}

export const BORDERS: readonly AttackClass[] = [sources, secrets]
