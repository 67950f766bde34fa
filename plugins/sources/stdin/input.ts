import { closeSync, constants, createReadStream, fstatSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { isatty, ReadStream as TerminalStream } from 'node:tty'
import { PipeStream } from './pipe-stream.ts'

const STDIN = 0

/** Standard input. `destroy` aborts a pending read. */
export interface Input {
  readonly stream: Readable
  readonly kind: 'terminal' | 'pipe' | 'socket' | 'file'
}

/**
 * Opens standard input in a thread, where `process.stdin` is not that of the process.
 *
 * A pipe is opened again, so that reading never blocks. `fs.read` would wait for it in a thread of libuv's pool,
 * which cannot be interrupted, and for which the process waits when it exits.
 *
 * @throws Error if standard input is closed
 */
export function openInput(): Input {
  if (isatty(STDIN)) return { stream: new TerminalStream(STDIN), kind: 'terminal' }
  const stats = fstatSync(STDIN)
  if (stats.isFIFO()) return { stream: openPipe(), kind: 'pipe' }
  if (stats.isSocket()) return { stream: givingUpStdin(socketOn(STDIN)), kind: 'socket' }
  // Files and devices such as /dev/null never block.
  return { stream: createReadStream('', { fd: STDIN, autoClose: false }), kind: 'file' }
}

const socketOn = (fd: number) => new Socket({ fd, readable: true, writable: false })

/** With its own descriptor: making it non-blocking does not affect other processes that share the pipe. */
function openPipe(): Readable {
  try {
    return new PipeStream(openSync('/dev/stdin', constants.O_RDONLY | constants.O_NONBLOCK))
  } catch {
    return socketOn(STDIN)
  }
}

/** A socket cannot be opened again. Its descriptor must stay in use, or the next opened file would become "stdin". */
function givingUpStdin(socket: Socket): Socket {
  return socket.once('close', () => {
    const fd = openSync('/dev/null', 'r')
    if (fd !== STDIN) closeSync(fd)
  })
}
