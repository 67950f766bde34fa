import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import '../../loader/hooks.ts'
import { MoodError } from '../../catalogue/errors.ts'
import { contextFor, make, prepare } from '../../loader/instances.ts'
import { messageOf } from '../../pipeline/message-of.ts'
import { Progress } from '../../pipeline/progress.ts'
import type { Source } from '../../plugin/source.ts'
import { giveWay } from '../threads/give-way.ts'
import { LimitedLog } from '../threads/log-limit.ts'
import type { FromSource, Port, SourceData, ToSource } from '../threads/messages.ts'
import { ThreadSink } from './emitter.ts'

/** Runs a source on a port: in a thread of its own, or, for debugging, in the main one. */
export async function serveSource(port: Port, data: SourceData): Promise<void> {
  const { spec, baseDir, position, maxRecordBytes, logLines } = data
  const send = (message: FromSource) => port.postMessage(message)
  const fail = (error: unknown) => {
    const code = error instanceof MoodError ? error.code : 'ERR_PLUGIN_FAILED'
    send({ type: 'failed', message: messageOf(error), code })
  }
  const progress = new Progress(data.heartbeat)
  progress.beat()
  const heartbeat = setInterval(() => progress.beat(), 100).unref()
  const log = new LimitedLog(port, logLines)
  const aborter = new AbortController()
  const sink = new ThreadSink(port, data, log)
  let source: Source
  try {
    const { definition, options } = await prepare('source', spec, baseDir)
    const context = contextFor('source', spec.name, { log, signal: aborter.signal, baseDir })
    source = await make('source', spec.name, () =>
      definition.create(options, { ...context, position, maxRecordBytes }),
    )
  } catch (error) {
    clearInterval(heartbeat)
    return fail(error)
  }

  const run = async () => {
    try {
      await source.run(sink, aborter.signal)
      sink.flush()
      send({ type: 'ended' })
    } catch (error) {
      sink.flush()
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
    send({ type: 'closed' })
  }

  port.on('message', (message: ToSource) => {
    if (message.type === 'run') {
      sink.header = message.header
      void run()
    } else if (message.type === 'stop') aborter.abort()
    else if (message.type === 'close') void close()
    else if (message.type === 'receipt') sink.receipt(message.id, message.receipt)
    else if (message.type === 'release') {
      sink.release(message.id)
      const { position } = message
      if (position !== undefined)
        void attempt('a position could not be committed', () => source.covered?.(position))
    }
  })
  send({ type: 'created' })
}

if (!isMainThread && parentPort && (workerData as { role?: string })?.role === 'source') {
  await serveSource(parentPort, workerData as SourceData)
  // Only now: on a busy machine it would else take long to start.
  giveWay()
}
