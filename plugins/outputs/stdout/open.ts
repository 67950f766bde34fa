import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { isatty, WriteStream as TerminalStream } from 'node:tty'
import { DescriptorStream } from './descriptor-stream.ts'

const STDOUT = 1

/**
 * Opens standard output in a thread. There, `process.stdout` goes through the main thread, which it could block.
 *
 * @throws Error ENXIO where it is a named pipe that nothing reads
 */
export function openStdout(): Writable {
  if (isatty(STDOUT)) return new TerminalStream(STDOUT)
  const stats = fstatSync(STDOUT)
  if (stats.isFIFO()) return openPipe()
  if (stats.isSocket()) return openSocket()
  // Files and devices such as /dev/null never block.
  return DescriptorStream.toDescriptor(STDOUT)
}

/** Closing it leaves the descriptor open: libuv never closes standard output. */
const openSocket = () => new Socket({ fd: STDOUT, readable: false, writable: true })

/** With its own descriptor: making it non-blocking does not affect other processes that share the pipe. */
function openPipe(): Writable {
  try {
    return DescriptorStream.toPipe('/dev/stdout')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') throw error
    // A pipe of another user cannot be opened again.
    return openSocket()
  }
}
