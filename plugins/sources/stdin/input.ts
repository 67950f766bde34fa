import { closeSync, constants, createReadStream, fstatSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { isatty, ReadStream as TerminalStream } from 'node:tty'
import { PipeStream } from './pipe-stream.ts'

const STDIN = 0

/** Standard input, as whatever it is, so that `destroy` gives up a read that is under way. */
export interface Input {
  readonly stream: Readable
  readonly kind: 'terminal' | 'pipe' | 'socket' | 'file'
}

/**
 * Opens standard input in a thread, where `process.stdin` is not the process's own.
 *
 * A pipe is opened again, so that reading it never blocks. `fs.read` would wait for it in a thread of libuv's pool, which
 * cannot be interrupted, and which the process waits for when it exits.
 *
 * @throws Error where standard input is closed
 */
export function openInput(): Input {
  if (isatty(STDIN)) return { stream: new TerminalStream(STDIN), kind: 'terminal' }
  const stats = fstatSync(STDIN)
  if (stats.isFIFO()) return { stream: openPipe(), kind: 'pipe' }
  if (stats.isSocket()) return { stream: givingUpStdin(socketOn(STDIN)), kind: 'socket' }
  // Files and devices such as /dev/null answer at once.
  return { stream: createReadStream('', { fd: STDIN, autoClose: false }), kind: 'file' }
}

const socketOn = (fd: number) => new Socket({ fd, readable: true, writable: false })

/** A descriptor of our own: made non-blocking and closed, it leaves those that share the pipe with us alone. */
function openPipe(): Readable {
  try {
    return new PipeStream(openSync('/dev/stdin', constants.O_RDONLY | constants.O_NONBLOCK))
  } catch {
    return socketOn(STDIN)
  }
}

/** A socket cannot be opened again. Its descriptor must stay taken, or the next file opened would be "stdin". */
function givingUpStdin(socket: Socket): Socket {
  return socket.once('close', () => {
    const fd = openSync('/dev/null', 'r')
    if (fd !== STDIN) closeSync(fd)
  })
}
