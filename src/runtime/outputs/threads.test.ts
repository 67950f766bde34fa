/** Outputs in threads of their own, with a plugin that does what the topics of an event say. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { WindowEvent } from '../../plugin/output.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import type { OutputSpec } from './output-spec.ts'
import { Outputs, type OutputsOptions } from './outputs.ts'
import { SETTINGS, specOf, windowOf } from './outputs-testing.ts'

const PROBE = `
import { appendFileSync, readFileSync } from 'node:fs'
import { DeliveryError, defineOutput, z } from 'mood-exporter/plugin'

export default defineOutput({
  name: 'probe',
  description: 'Does what topics say.',
  takes: ['windows'],
  batch: 4,
  options: z.object({ file: z.string(), refuses: z.boolean().default(false), makes: z.string().default('output') }),
  metrics: { writes: { type: 'counter', help: 'Writes.' } },
  async create({ file, refuses, makes }, { log, metrics, signal, store }) {
    if (refuses) throw new Error('it refuses')
    if (makes === 'nothing') return undefined as never
    await store.set('starts', (await store.get('starts') ?? 0) + 1)
    let isWriting = false
    const note = (text: string) => appendFileSync(file, text + '\\n')
    log.info('created')
    signal.addEventListener('abort', () => note('signalled'))
    const actions: Record<string, (signal: AbortSignal, key: string) => unknown> = {
      throws: () => { throw new Error('it threw') },
      throwsNothing: () => { throw undefined },
      rejects: () => { throw new DeliveryError('never', { permanent: true }) },
      halves: (_, key) => { throw new DeliveryError('half', { delivered: [key] }) },
      ignores: () => new Promise(() => {}),
      waits: signal => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      blocks: () => { for (;;); },
      exits: () => process.exit(3),
      stray: () => { setTimeout(() => { throw new Error('stray') }); return new Promise(() => {}) },
      keeps: (_, key) => store.set('key', key),
      keepsNot: (_, key) => store.set('broken', key),
      hoards: () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)) },
    }
    return {
      async write(events, { signal }) {
        if (isWriting) note('overlap')
        metrics.writes.add(1)
        isWriting = true
        try {
          for (const { key, rows: [row] } of events) {
            const [action, times] = row!.topic.split(' ')
            // A thread that was replaced remembers nothing, but the file does.
            note(key + ' ' + action)
            const before = readFileSync(file, 'utf8').split('\\n').filter(line => line === key + ' ' + action).length
            if (actions[action!] && before <= Number(times)) await actions[action!]!(signal, key)
          }
          note('wrote ' + events.map(({ key }) => key).join(','))
        } finally {
          isWriting = false
        }
      },
      close: () => note('closed'),
    }
  },
})
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-outputs-'))
  await writeFile(join(folder, 'probe.ts'), PROBE)
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0

/** Outputs of the probe, what became of their events, and what each noted. */
function setUp({ threaded = true }: { threaded?: boolean } = {}) {
  const acknowledged = new Map<string, number[]>()
  const recorded: EncodedPlugins[number][] = []
  const counts: Record<string, number> = {}
  const kept = new Map<string, unknown>()
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const line = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message })
  const options: OutputsOptions = {
    ...SETTINGS,
    threaded,
    baseDir: folder,
    log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    counters(metric, [, ...labels], n) {
      if (n > 0) counts[`${metric} ${labels.join(' ')}`] = (counts[`${metric} ${labels.join(' ')}`] ?? 0) + n
    },
    recorded: some => void recorded.push(...some),
    async store({ id, owner, operation, key, value }) {
      if (operation === 'get') return { type: 'stored', id, value: kept.get(`${owner} ${key}`) }
      if (key === 'broken') return { type: 'stored', id, error: 'the disk is full' }
      kept.set(`${owner} ${key}`, value)
      return { type: 'stored', id }
    },
    acknowledged(output, ids) {
      acknowledged.set(output, [...(acknowledged.get(output) ?? []), ...ids])
    },
  }
  const spec = (name: string, more: Partial<OutputSpec> = {}): OutputSpec =>
    specOf({
      use: './probe.ts',
      name,
      timeout: 5000,
      retry: { initial: 1, max: 5, giveUp: 3_600_000 },
      ...more,
      options: { file: join(folder, `${name}-${++files}`), ...more.options },
    })
  return {
    acknowledged,
    recorded,
    kept,
    counts,
    lines,
    spec,
    notes: async ({ options: { file } }: OutputSpec) =>
      (await readFile(file as string, 'utf8')).trim().split('\n'),
    async create(...specs: OutputSpec[]) {
      const outputs = await Outputs.create(specs, options)
      onTestFinished(() => outputs.close(0))
      return outputs
    },
  }
}

const doing = (n: number, action: string) => {
  const event = windowOf(n)
  const [row] = event.rows as [WindowEvent['rows'][number]]
  return { id: n, event: { ...event, rows: [{ ...row, topic: action }] } }
}

const PATIENT = { timeout: 240_000 }

test('what an output records comes with its writes, and what it declares is known', async () => {
  const { create, spec, recorded } = setUp()
  const outputs = await create(spec('probe'))
  const writes = { type: 'counter', help: 'Writes.', labels: [] }
  expect([...outputs.declared()]).toEqual([[{ owner: 'output probe', plugin: 'probe', metrics: { writes } }]])
  outputs.start([])
  outputs.publish(Array.from({ length: 9 }, (_, n) => doing(n, 'nothing')))
  await outputs.drain(20_000)
  const counts = recorded.map(([owner, { writes }]) => [owner, writes?.series])
  expect(counts).toEqual([1, 2, 3].map(() => ['output probe', [['', [1]]]]))
})

test('events reach the plugin as they were published, in batches that it can take', async () => {
  const { create, spec, notes, acknowledged, lines } = setUp()
  const probe = spec('probe')
  const outputs = await create(probe)
  outputs.start([])
  outputs.publish(Array.from({ length: 9 }, (_, n) => doing(n, '한국어')))
  await outputs.drain(20_000)
  expect(acknowledged.get('probe')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  await outputs.close(5000)
  const all = await notes(probe)
  expect(all.filter(note => note.startsWith('wrote')).map(note => note.split(',').length)).toEqual([4, 4, 1])
  expect(all).toContain('window/1s/0 한국어')
  expect(all.slice(-2)).toEqual(['signalled', 'closed'])
  expect(lines).toContainEqual({ level: 'info', fields: { cause: 'output probe' }, message: 'created' })
})

test.for([
  ['rejects twice', 'throws 2', 'threw', 2],
  ['rejects with nothing', 'throwsNothing 1', 'threw', 1],
  ['ends its thread', 'exits 1', 'crash', 1],
  ['throws in a timer', 'stray 1', 'threw', 1],
  ['takes all memory', 'hoards 1', 'memory', 1],
] as const)(
  'an event is delivered in the end when the plugin %s',
  PATIENT,
  async ([_, action, reason, times]) => {
    const { create, spec, counts, acknowledged } = setUp()
    const outputs = await create(spec('probe', { batch: 1 }))
    outputs.start([])
    outputs.publish([doing(1, action), doing(2, 'fine')])
    await outputs.drain(50_000)
    expect(acknowledged.get('probe')).toEqual([1, 2])
    expect(counts).toMatchObject({
      'mood_output_events_total delivered': 2,
      'mood_output_writes_total failed': times,
      [`mood_plugin_errors_total probe ${reason}`]: times,
    })
  },
)

test('a write that takes longer than its time-out is aborted and repeated', async () => {
  const { create, spec, counts, acknowledged, lines } = setUp()
  const outputs = await create(spec('probe', { timeout: 1000 }))
  outputs.start([])
  outputs.publish([doing(1, 'waits 2')])
  await outputs.drain(20_000)
  expect(acknowledged.get('probe')).toEqual([1])
  expect(counts['mood_plugin_errors_total probe timeout']).toBe(2)
  expect(lines.find(({ level }) => level === 'warn')?.fields.error).toBe(
    'it took longer than its time-out of 1 s',
  )
})

test.for([
  ['ignores its signal', 'ignores 1'],
  ['blocks its thread', 'blocks 1'],
] as const)(
  'a plugin that %s is replaced, and never has two writes at once',
  PATIENT,
  async ([_, action]) => {
    const { create, spec, notes, counts, acknowledged, lines } = setUp()
    const probe = spec('probe', { timeout: 1000 })
    const outputs = await create(probe)
    outputs.start([])
    outputs.publish([doing(1, action), doing(2, 'fine')])
    await outputs.drain(50_000)
    expect(acknowledged.get('probe')).toEqual([1, 2])
    expect(counts['mood_plugin_errors_total probe timeout']).toBe(1)
    expect(lines.filter(({ message }) => message === 'created')).toHaveLength(2)
    expect(await notes(probe)).not.toContain('overlap')
  },
)

test('an event that ends the thread time after time is given up', PATIENT, async () => {
  const { create, spec, counts, acknowledged } = setUp()
  const outputs = await create(spec('probe', { batch: 2 }))
  outputs.start([])
  outputs.publish([doing(1, 'fine'), doing(2, 'exits 99'), doing(3, 'fine')])
  await outputs.drain(50_000)
  expect(acknowledged.get('probe')?.toSorted()).toEqual([1, 2, 3])
  expect(counts).toMatchObject({
    'mood_output_events_total delivered': 2,
    'mood_output_events_total failed': 1,
  })
})

test('a delivery error gives the result of each event', async () => {
  const { create, spec, counts, acknowledged } = setUp()
  const outputs = await create(spec('probe'))
  outputs.start([])
  outputs.publish([doing(1, 'halves 9'), doing(2, 'rejects 9'), doing(3, 'fine')])
  await outputs.drain(20_000)
  expect(acknowledged.get('probe')).toEqual([1, 2, 3])
  expect(counts).toMatchObject({
    'mood_output_events_total delivered': 2,
    'mood_output_events_total rejected': 1,
  })
})

test('an output finds what it keeps in `create`, in a thread that replaces another, and in `write`', async () => {
  const { create, spec, kept, counts, lines } = setUp()
  const outputs = await create(spec('probe', { batch: 1 }))
  outputs.start([])
  outputs.publish([doing(1, 'keeps 1'), doing(2, 'exits 1'), doing(3, 'keepsNot 1')])
  await outputs.drain(20_000)
  expect(Object.fromEntries(kept)).toEqual({ 'output probe starts': 2, 'output probe key': 'window/1s/1' })
  expect(counts['mood_output_events_total delivered']).toBe(3)
  expect(lines.map(({ fields }) => fields.error)).toContain('the disk is full')
})

test('an output whose thread is blocked delays no other', PATIENT, async () => {
  const { create, spec, acknowledged } = setUp()
  const outputs = await create(spec('stuck', { timeout: 30_000 }), spec('free'))
  outputs.start([])
  outputs.publish([doing(1, 'fine')])
  await expect.poll(() => acknowledged.get('stuck')).toEqual([1])
  outputs.publish([doing(2, 'blocks 1')].map(each => ({ ...each, to: ['stuck'] })))
  outputs.publish([doing(3, 'fine')])
  await expect.poll(() => acknowledged.get('free')).toEqual([1, 3])
  expect(acknowledged.get('stuck')).toEqual([1])
})

test('an output that cannot be created says why', async () => {
  const { create, spec } = setUp()
  await expect(create(spec('fine'), spec('probe', { options: { refuses: true } }))).rejects.toThrow(
    'output probe could not be created: it refuses',
  )
  await expect(create(spec('probe', { options: { file: 5 } }))).rejects.toMatchObject({
    code: 'ERR_CONFIG_INVALID',
  })
  await expect(create(spec('probe', { options: { makes: 'nothing' } }))).rejects.toThrow(
    'output probe could not be created: expected `create` to return an object with a function `write`',
  )
})

test('without threads all is the same', async () => {
  const { create, spec, notes, acknowledged } = setUp({ threaded: false })
  const probe = spec('probe')
  const outputs = await create(probe)
  outputs.start([])
  outputs.publish([doing(1, 'throws 1'), doing(2, 'fine')])
  await outputs.drain(20_000)
  await outputs.close(5000)
  expect(acknowledged.get('probe')).toEqual([1, 2])
  expect((await notes(probe)).slice(-2)).toEqual(['signalled', 'closed'])
})
