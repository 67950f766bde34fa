/**
 * A program for the tests: runs the source in its own thread, as the exporter does, and writes one line of JSON per
 * event to standard output. SIGTERM stops the source. When the thread has ended, nothing keeps the program alive.
 */
import { registerHooks } from 'node:module'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

const api: Record<string, string> = {
  'mood-exporter/plugin': new URL('../../../src/plugin/index.ts', import.meta.url).href,
  'mood-exporter/plugin/testing': new URL('../../../src/plugin/testing.ts', import.meta.url).href,
}
registerHooks({
  resolve: (specifier, context, next) =>
    api[specifier] ? { url: api[specifier], shortCircuit: true } : next(specifier, context),
})

const say = (event: unknown) => process.stdout.write(`${JSON.stringify(event)}\n`)

if (isMainThread) {
  const thread = new Worker(new URL(import.meta.url))
  thread.on('message', say)
  thread.on('error', error => say({ error: error.message }))
  process.on('SIGTERM', () => thread.postMessage('stop'))
} else {
  const { testSource } = await import('mood-exporter/plugin/testing')
  const { default: stdin } = await import('./index.ts')
  const { emitter, done, stop } = await testSource(stdin, JSON.parse(process.env.STDIN_OPTIONS ?? '{}'))
  const tell = (event: unknown) => parentPort?.postMessage(event)
  parentPort?.on('message', () => void stop())
  let sent = 0
  let toldDowns = 0
  const tellRecords = () => {
    for (; sent < emitter.records.length; sent++) tell({ record: emitter.records[sent]?.value })
    for (; toldDowns < emitter.downs.length; toldDowns++) tell({ down: emitter.downs[toldDowns] })
    return false
  }
  tell({ pid: process.pid })
  // Is called for every change, and never true.
  emitter.until(tellRecords, 600_000).catch(() => {})
  try {
    await done
    tellRecords()
    tell({ done: sent })
  } catch (error) {
    tell({ error: (error as Error).message })
  }
  parentPort?.close()
}
