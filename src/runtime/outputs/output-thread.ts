import { isMainThread } from 'node:worker_threads'
import '../../loader/hooks.ts'
import { MoodError } from '../../catalogue/errors.ts'
import { contextFor, make, prepare } from '../../loader/instances.ts'
import { withPlace } from '../../loader/place.ts'
import { allDelivered, DeliveryError, outcomeOf } from '../../plugin/delivery.ts'
import { messageOf } from '../../plugin/message-of.ts'
import type { Output, OutputEvent } from '../../plugin/output.ts'
import { atMost } from '../threads/at-most.ts'
import { giveWay } from '../threads/give-way.ts'
import { LimitedLog, sampleOf } from '../threads/log-limit.ts'
import type { Port } from '../threads/messages.ts'
import { ownPort } from '../threads/own-port.ts'
import { threadNumber } from '../threads/thread-clock.ts'
import { ThreadPlugins } from '../threads/thread-plugins.ts'
import { type FromOutput, type OutputData, SETTLE_MS, type ToOutput, type WriteReport } from './messages.ts'

/** A running write. */
interface Write {
  id: number
  controller: AbortController
  settled: Promise<void>
  /** Sends the report, unless it was sent before. */
  report(report: Omit<WriteReport, 'seconds'>): void
}

/** Serves an output on a port: in its own thread or, for debugging, in the main thread. */
export async function serve(port: Port, { spec, baseDir, logLines }: OutputData): Promise<void> {
  const send = (message: FromOutput) => port.postMessage(message)
  const log = new LimitedLog(port, logLines)
  const aborter = new AbortController()
  const plugins = new ThreadPlugins(port)
  let output: Output
  let current: Write | null = null

  const write = (id: number, texts: readonly string[]) => {
    const events = texts.map(text => JSON.parse(text) as OutputEvent)
    const controller = new AbortController()
    const startedAt = performance.now()
    let isReported = false
    const report = (report: Omit<WriteReport, 'seconds'>) => {
      if (isReported) return
      isReported = true
      log.flush()
      const seconds = (performance.now() - startedAt) / 1000
      plugins.deliver()
      send({ type: 'written', id, report: { ...report, seconds } })
    }
    const settle = async () => {
      try {
        await output.write(events, { signal: controller.signal })
        report({ outcome: allDelivered(events), error: null, pending: false })
      } catch (error) {
        report({ outcome: outcomeOf(events, error), error: sampleOf(described(error)), pending: false })
      }
    }
    const settled = settle()
    current = { id, controller, settled, report }
  }

  /**
   * For a DeliveryError the message says what the receiver did; for any other error, the place in the plugin is
   * added.
   */
  const described = (error: unknown) =>
    error instanceof DeliveryError ? messageOf(error) : withPlace(messageOf(error), error, baseDir)

  /** Resolves to whether the write has settled. */
  const abort = async ({ controller, settled, report }: Write, reason: string) => {
    controller.abort(new Error(reason))
    if (await atMost(SETTLE_MS, settled)) return true
    report({
      outcome: { results: [], permanent: false, retryAfter: 0 },
      error: `${reason}, and was still pending ${SETTLE_MS / 1000} s after its signal was aborted`,
      pending: true,
    })
    return false
  }

  const close = async () => {
    aborter.abort()
    const isSettled = current === null || (await abort(current, 'it was stopped'))
    try {
      if (isSettled) await output.close?.()
    } catch (error) {
      log.write('error', `output ${spec.name}`, 'the output could not be closed', { error: messageOf(error) })
    }
    log.flush()
    plugins.stop()
    send({ type: 'closed' })
  }

  port.on('message', (message: ToOutput) => {
    if (message.type === 'write') write(message.id, message.events)
    else if (message.type === 'stored') plugins.settle(message)
    else if (message.type === 'close') void close()
    else if (current?.id === message.id) void abort(current, message.reason)
  })

  // From here on, since `create` may already call the store.
  try {
    const { definition, options } = await prepare('output', spec, baseDir)
    const parts = { log, signal: aborter.signal, baseDir, topics: [], own: plugins.own }
    const context = contextFor('output', spec.name, parts, definition)
    output = await make('output', spec.name, baseDir, () => definition.create(options, context))
    const { takes, batch } = definition
    const thread = isMainThread ? 0 : threadNumber()
    send({ type: 'created', takes: [...takes], batch, metrics: plugins.declared, thread })
    plugins.deliverRegularly()
  } catch (error) {
    const code = error instanceof MoodError ? error.code : 'ERR_PLUGIN_FAILED'
    send({ type: 'failed', message: messageOf(error), code })
  }
}

const own = ownPort<OutputData>('output')
if (own) {
  await serve(own.port, own.data)
  // Only now: on a busy machine it would otherwise take long to start.
  giveWay()
}
