import { spawnSync } from 'node:child_process'
import { closeSync, cpSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { cp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Small file systems in memory that are mounted just now, so that none is left behind. */
const mounted = new Set<string>()

process.on('exit', () => unmountAll(false))

/** Unmounts what is still mounted. @param keep whether what it holds is copied beside it */
export function unmountAll(keep: boolean): void {
  for (const folder of mounted) {
    if (keep) cpSync(folder, `${folder}.mounted`, { recursive: true })
    // One that is still in use goes once it no longer is.
    spawnSync('umount', ['-l', folder])
  }
  mounted.clear()
}

/** Why no small file system can be mounted here; undefined if one can. */
export function whyNoMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'mood-torture-mount-'))
  try {
    mount(folder, 1024 * 1024)
    unmount(folder)
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    rmdirSync(folder)
  }
}

/** Mounts an empty file system of that size in memory. @throws Error with what the system says */
export function mount(folder: string, bytes: number): void {
  run('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'mood-torture', folder])
  mounted.add(folder)
}

export function unmount(folder: string): void {
  run('umount', [folder])
  mounted.delete(folder)
}

function run(command: string, args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(error?.message ?? stderr.trim().split('\n')[0])
}

/** Takes all room of a file system. Returns what gives it back. */
export function fill(folder: string): () => void {
  const path = join(folder, 'filler')
  const fd = openSync(path, 'w')
  for (let chunk = 64 * 1024; chunk >= 1; ) {
    try {
      writeSync(fd, Buffer.alloc(chunk))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      chunk = Math.floor(chunk / 2)
    }
  }
  closeSync(fd)
  return () => rmSync(path, { force: true })
}

/** Every file in a folder and those below, relative to it, in the order of their names. */
export async function filesIn(folder: string): Promise<{ name: string; size: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const sizes = await Promise.all(paths.sort().map(async path => ({ path, size: (await stat(path)).size })))
  return sizes.map(({ path, size }) => ({ name: path.slice(folder.length + 1), size }))
}

/** Copies what a folder holds into another one. */
export const copyInto = (from: string, to: string): Promise<void> => cp(from, to, { recursive: true })

/** Empties a folder, and leaves it: it may be a mount point. */
export async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
}
