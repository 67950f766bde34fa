import { ownPort } from './own-port.ts'

/** What a test asks of the thread. */
export type ToEcho =
  | { type: 'echo'; value: unknown }
  | { type: 'print'; line: string }
  | { type: 'warn'; line: string }
  | { type: 'throw'; message: string }
  /** Sends its data and ends at once. */
  | { type: 'exit' }

/** A thread that says its data, and then does as it is asked. */
const own = ownPort<object>('echo')
own?.port.on('message', (message: ToEcho) => {
  if (message.type === 'echo') own.port.postMessage(message)
  else if (message.type === 'print') console.log(message.line)
  else if (message.type === 'warn') console.error(message.line)
  else if (message.type === 'throw') throw new Error(message.message)
  else {
    own.port.postMessage({ type: 'last' })
    process.exit()
  }
})
own?.port.postMessage({ type: 'data', data: own.data })
