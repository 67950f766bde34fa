import { spawnSync } from 'node:child_process'
import { closeSync, cpSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { cp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The mounted in-memory file systems, so that none is left behind. */
const mounted = new Set<string>()

process.on('exit', () => unmountAll(false))

/** Unmounts them. @param keep whether to copy their content beside them */
export function unmountAll(keep: boolean): void {
  for (const folder of mounted) {
    if (keep) cpSync(folder, `${folder}.mounted`, { recursive: true })
    // A file system in use is detached when it is no longer used.
    spawnSync('umount', ['-l', folder])
  }
  mounted.clear()
}

/** Why no small file system can be mounted here; undefined if it can. */
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

/** Mounts an empty in-memory file system of that size. @throws Error with the message of the system */
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

/** Fills a file system. Returns a function that frees the space. */
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

/** All files in a folder and below, relative to it, sorted by name. */
export async function filesIn(folder: string): Promise<{ name: string; size: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const sizes = await Promise.all(paths.sort().map(async path => ({ path, size: (await stat(path)).size })))
  return sizes.map(({ path, size }) => ({ name: path.slice(folder.length + 1), size }))
}

/** Copies the content of a folder into another one. */
export const copyInto = (from: string, to: string): Promise<void> => cp(from, to, { recursive: true })

/** Empties a folder without removing it: it may be a mount point. */
export async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
}
