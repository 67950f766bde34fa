import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'

/** Kills a server that a test started, and removes its folder. */
export async function end(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const exit = once(server, 'exit')
    server.kill('SIGKILL')
    await exit
  }
  await rm(folder, { recursive: true, force: true })
}
