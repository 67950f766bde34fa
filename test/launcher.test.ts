import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import pkg from '../package.json' with { type: 'json' }

const ROOT = fileURLToPath(new URL('..', import.meta.url))

test('where node_modules is a link, the launcher knows the pinned Node.js when it is run by it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-linked-'))
  try {
    await cp(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true })
    for (const name of ['src', 'plugins', 'node_modules', 'package.json'])
      await symlink(join(ROOT, name), join(folder, name))
    // Did it not, it would start it again, which would start it again.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(folder, 'bin/mood-exporter.mjs'), '--version'],
      { timeout: 20_000, killSignal: 'SIGKILL' },
    )
    expect(stdout.trim()).toBe(pkg.version)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
