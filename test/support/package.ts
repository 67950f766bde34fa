import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What npm says where there is no registry to ask. */
const OFFLINE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED)\b/

/** How a program ended, and all it wrote. */
export interface Ended {
  code: number | string
  stdout: string
  stderr: string
}

/**
 * Runs a program to its end, under the Node.js that runs the tests wherever it looks for one.
 * @param more variables beside those of this process
 */
export function run(
  command: string,
  args: string[],
  cwd: string = ROOT,
  more: Record<string, string> = {},
): Promise<Ended> {
  const options = {
    cwd,
    env: { ...env, PATH: `${dirname(process.execPath)}:${env.PATH}`, ...more },
    maxBuffer: 2 ** 26,
  }
  return new Promise(resolve => {
    execFile(command, args, options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

/** The package as `npm pack` makes it of this checkout, and an installation of it. */
export class PackedPackage {
  readonly folder: string
  readonly tarball: string
  readonly prefix: string

  private constructor(folder: string, tarball: string) {
    this.folder = folder
    this.tarball = tarball
    this.prefix = join(folder, 'prefix')
  }

  static async pack(): Promise<PackedPackage> {
    const folder = await mkdtemp(join(tmpdir(), 'mood-exporter-package-'))
    const packing = await run('npm', ['pack', '--silent', '--pack-destination', folder])
    const [tarball] = await readdir(folder)
    if (packing.code !== 0 || !tarball) throw new Error(`npm pack failed: ${packing.stdout}${packing.stderr}`)
    return new PackedPackage(folder, join(folder, tarball))
  }

  /** The paths of the files in it, without the folder that all of them lie in. */
  async files(): Promise<string[]> {
    const { stdout } = await run('tar', ['-tzf', this.tarball])
    return stdout
      .split('\n')
      .filter(line => line !== '' && !line.endsWith('/'))
      .map(line => line.replace(/^package\//, ''))
  }

  /** Installs it as `npm install --global` does. Resolves to why it cannot be where there is no registry. */
  async install(): Promise<'installed' | { offline: string }> {
    const options = ['--global', '--prefix', this.prefix, '--no-audit', '--no-fund', '--prefer-offline']
    const { code, stderr } = await run('npm', ['install', ...options, this.tarball])
    if (code === 0) return 'installed'
    const unreachable = OFFLINE.exec(stderr)
    if (unreachable) return { offline: `npm reaches no registry (${unreachable[0]}): go online` }
    throw new Error(`npm install failed: ${stderr}`)
  }

  /** Where it was installed. */
  get modules(): string {
    return join(this.prefix, 'lib/node_modules/mood-exporter')
  }

  /** Its command. */
  get bin(): string {
    return join(this.prefix, 'bin/mood-exporter')
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }
}
