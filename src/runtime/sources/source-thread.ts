import { isMainThread } from 'node:worker_threads'
import '../../loader/hooks.ts'
import { MoodError } from '../../catalogue/errors.ts'
import { contextFor, make, prepare } from '../../loader/instances.ts'
import { withPlace } from '../../loader/place.ts'
import { HEARTBEAT_MS, ThreadActivity } from '../../pipeline/thread-activity.ts'
import type { PluginSpec } from '../../pipeline/worker-config.ts'
import { messageOf } from '../../plugin/message-of.ts'
import type { Position, Source } from '../../plugin/source.ts'
import type { TopicRule } from '../../plugin/topics.ts'
import { giveWay } from '../threads/give-way.ts'
import { LimitedLog } from '../threads/log-limit.ts'
import type { FromSource, Port, SourceData, ToSource } from '../threads/messages.ts'
import { ownPort } from '../threads/own-port.ts'
import { threadNumber } from '../threads/thread-clock.ts'
import { ThreadPlugins } from '../threads/thread-plugins.ts'
import { ThreadEmitter } from './emitter.ts'

/** Runs a source on a port: in its own thread or, for debugging, in the main thread. */
export async function serveSource(port: Port, data: SourceData): Promise<void> {
  const { spec, baseDir, maxRecordBytes, logLines } = data
  const send = (message: FromSource) => port.postMessage(message)
  const fail = (error: unknown) => {
    const [code, message] =
      error instanceof MoodError
        ? [error.code, error.message]
        : ['ERR_PLUGIN_FAILED', withPlace(messageOf(error), error, baseDir)]
    send({ type: 'failed', message, code })
  }
  const activity = new ThreadActivity(data.heartbeat)
  activity.thread(isMainThread ? 0 : threadNumber())
  activity.beat()
  const heartbeat = setInterval(() => activity.beat(), HEARTBEAT_MS).unref()
  const log = new LimitedLog(port, logLines)
  const aborter = new AbortController()
  const plugins = new ThreadPlugins(port)
  const emitter = new ThreadEmitter(port, data, log, () => plugins.deliver())
  const positions = new Map(data.positions)
  // From the start, as `create` may use the store; other messages wait until the source is created.
  const early: ToSource[] = []
  let take = (message: ToSource): void => void early.push(message)
  port.on('message', (message: ToSource) => {
    if (message.type === 'stored') plugins.settle(message)
    else take(message)
  })
  let source: Source
  let changeable: readonly string[]
  try {
    const { definition, options } = await prepare('source', spec, baseDir)
    emitter.replayable = definition.replayable ?? false
    const topics = JSON.parse(data.topics) as TopicRule[]
    const parts = { log, signal: aborter.signal, baseDir, topics, own: plugins.own }
    const context = contextFor('source', spec.name, parts, definition)
    source = await make('source', spec.name, baseDir, () =>
      definition.create(options, { ...context, positions, position: positions.get(''), maxRecordBytes }),
    )
    changeable = source.options ? (definition.changeable ?? []) : []
  } catch (error) {
    clearInterval(heartbeat)
    return fail(error)
  }

  const run = async () => {
    try {
      await source.run(emitter, aborter.signal)
      emitter.flush()
      plugins.deliver()
      send({ type: 'ended' })
    } catch (error) {
      emitter.flush()
      plugins.deliver()
      fail(error)
    } finally {
      log.flush()
    }
  }

  const attempt = async (what: string, call: () => void | Promise<void>) => {
    try {
      await call()
    } catch (error) {
      log.write('error', `source ${spec.name}`, what, { error: messageOf(error) })
    }
  }

  const close = async () => {
    await attempt('the source could not be closed', () => source.close?.())
    clearInterval(heartbeat)
    log.flush()
    plugins.stop()
    send({ type: 'closed' })
  }

  // Calls of `topics` and `options` run one at a time.
  let telling = Promise.resolve()
  const tellTopics = (text: string) => {
    if (!source.topics) return
    const topics = JSON.parse(text) as TopicRule[]
    telling = telling.then(() =>
      attempt('the source could not go over to the new topics', () => source.topics?.(topics)),
    )
  }

  const tellOptions = (spec: PluginSpec) => {
    telling = telling.then(() =>
      attempt('the source could not go over to the new options', async () => {
        const { options } = await prepare('source', spec, baseDir)
        await source.options?.(options)
      }),
    )
  }

  // Calls of `commit` run one at a time.
  let committing = Promise.resolve()
  const commit = (moved: [string, Position][]) => {
    if (!source.commit) return
    for (const [partition, position] of moved)
      committing = committing.then(() =>
        attempt('a position could not be committed', () => source.commit?.(partition, position)),
      )
  }

  take = message => {
    if (message.type === 'run') {
      emitter.header = message.header
      emitter.framing = message.framing
      emitter.rankings = message.rankings
      plugins.deliverRegularly()
      void run()
    } else if (message.type === 'stop') aborter.abort()
    else if (message.type === 'close') void close()
    else if (message.type === 'submitted') emitter.submitted(message.id, message.result)
    else if (message.type === 'release') emitter.release(message.ids)
    else if (message.type === 'pace') emitter.pace(message.records)
    else if (message.type === 'commit') commit(message.positions)
    else if (message.type === 'topics') tellTopics(message.topics)
    else if (message.type === 'options') tellOptions(message.spec)
    else if (message.type === 'partition-closed') emitter.partitionClosed(message.id)
  }
  for (const message of early) take(message)
  send({ type: 'created', replayable: emitter.replayable, changeable, metrics: plugins.declared })
}

const own = ownPort<SourceData>('source')
if (own) {
  await serveSource(own.port, own.data)
  // Only now: on a busy machine it would otherwise take long to start.
  giveWay()
}
