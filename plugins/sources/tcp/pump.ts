import type { Socket } from 'node:net'
import { Disconnect, disconnectOf, type LineStream, orAborted } from 'mood-exporter/plugin'

const STOPPED = new Disconnect('closed', 'stopped')

export interface PumpSettings {
  /** How long the other side may be silent, in milliseconds; 0 for no limit. */
  idleMs: number
  signal: AbortSignal
}

/**
 * Emits the lines of a connection until it ends, and reads no faster than they are processed: the rest waits in the
 * buffers of TCP, and finally at the sender. A last line without a line end is emitted too.
 *
 * @param chunks the data of the socket, or the rest of it
 * @returns why it ended. The socket is closed then.
 */
export async function pump(
  socket: Socket,
  chunks: AsyncIterable<Buffer>,
  stream: LineStream,
  { idleMs, signal }: PumpSettings,
): Promise<Disconnect> {
  let waitsForRoom = false
  socket.setTimeout(idleMs)
  socket.on('timeout', () => {
    const { bytesRead } = socket
    // Timers run before sockets: if this thread was blocked, data may be waiting that is read right after.
    setImmediate(() => {
      // A sender is not idle while this side does not read.
      if (waitsForRoom || socket.bytesRead > bytesRead) socket.setTimeout(idleMs)
      else socket.destroy(new Disconnect('stalled', `nothing came for ${idleMs / 1000} s`))
    })
  })
  // The iterator reports errors; an error outside of an iteration must not end the thread.
  socket.on('error', () => {})
  const close = () => socket.destroy()
  signal.addEventListener('abort', close, { once: true })
  let ending = new Disconnect('closed', 'the other side closed the connection')
  try {
    for await (const chunk of chunks) {
      waitsForRoom = true
      await orAborted(stream.write(chunk), signal)
      waitsForRoom = false
      if (signal.aborted) return STOPPED
    }
  } catch (error) {
    if (signal.aborted) return STOPPED
    ending = disconnectOf(error)
  } finally {
    signal.removeEventListener('abort', close)
    socket.destroy()
  }
  await orAborted(stream.end(), signal)
  return ending
}
