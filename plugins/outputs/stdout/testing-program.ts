/**
 * A program for the tests: runs the output in its own thread, as the exporter does, and writes one line of JSON per
 * event to standard error. Each line of its standard input is a command: how many windows to write, and after how
 * many milliseconds to abort. The windows of an aborted write are repeated with the next.
 */
import { fstatSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { createInterface } from 'node:readline'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

const api: Record<string, string> = {
  'mood-exporter/plugin': new URL('../../../src/plugin/index.ts', import.meta.url).href,
  'mood-exporter/plugin/testing': new URL('../../../src/plugin/testing.ts', import.meta.url).href,
}
registerHooks({
  resolve: (specifier, context, next) =>
    api[specifier] ? { url: api[specifier], shortCircuit: true } : next(specifier, context),
})

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd)
    return true
  } catch {
    return false
  }
}

const report = (event: unknown) => process.stderr.write(`${JSON.stringify(event)}\n`)

if (isMainThread) {
  const thread = new Worker(new URL(import.meta.url))
  thread.on('message', report)
  thread.on('error', error => report({ crash: error.message }))
  const commands = createInterface({ input: process.stdin })
  commands.on('line', line => thread.postMessage(JSON.parse(line)))
  commands.on('close', () => thread.postMessage('close'))
  // The descriptor belongs to the process, not to the output.
  thread.on('exit', () => report({ open: isOpen(1) }))
} else {
  const { testOutput, windowEvent } = await import('mood-exporter/plugin/testing')
  const { default: stdout } = await import('./index.ts')
  const { write, close } = await testOutput(stdout)
  let written = 0
  let waiting: ReturnType<typeof windowEvent>[] = []
  const command = async ({ windows, within = 60_000, topic = 'galaxy' }: Command) => {
    const posts = { positive: 1, neutral: 0, negative: 0, unknown: 0 }
    const rows = [{ topic, scorer: 'afinn', posts, score: 0.5 }]
    const fresh = Array.from({ length: windows }, () => windowEvent({ key: `${written++}`, rows }))
    waiting = [...waiting, ...fresh]
    const { delivered, error } = await write(waiting, AbortSignal.timeout(within))
    waiting = waiting.filter(({ key }) => !delivered.includes(key))
    parentPort?.postMessage({ delivered: delivered.length, ...(error ? { error: String(error) } : {}) })
  }
  parentPort?.on('message', async (message: Command | 'close') => {
    if (message !== 'close') return await command(message)
    await close()
    parentPort?.close()
  })
  parentPort?.postMessage({ ready: true })
}

interface Command {
  windows: number
  within?: number
  topic?: string
}
