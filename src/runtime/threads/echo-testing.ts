import type { Port } from './messages.ts'
import { ownPort } from './own-port.ts'

/** What a test asks of the thread. */
export type ToEcho =
  | { type: 'echo'; value: unknown }
  | { type: 'print'; line: string }
  | { type: 'warn'; line: string }
  | { type: 'throw'; message: string }
  /** Sends its data and ends at once. */
  | { type: 'exit' }

/** Says its data, and then does as it is asked. */
export function serve(port: Port, data: object): void {
  port.on('message', (message: ToEcho) => {
    if (message.type === 'echo') port.postMessage(message)
    else if (message.type === 'print') console.log(message.line)
    else if (message.type === 'warn') console.error(message.line)
    else if (message.type === 'throw') throw new Error(message.message)
    else {
      port.postMessage({ type: 'last' })
      process.exit()
    }
  })
  port.postMessage({ type: 'data', data })
}

const own = ownPort<object>('echo')
if (own) serve(own.port, own.data)
