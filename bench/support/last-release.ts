import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The commit of the last release. */
export const LAST_RELEASE = 'b2acef7'

type Score = (text: string) => unknown

/**
 * Unpacks the last release, or these paths of it, into a folder, with the dependencies of this working tree.
 *
 * @throws Error if the commit is missing, as in a shallow clone
 */
function unpack(folder: string, paths: readonly string[] = []): void {
  const archive = execFileSync('git', ['archive', LAST_RELEASE, ...paths], {
    cwd: root,
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

/**
 * The program of the last release, unpacked below a folder. Undefined outside of a git checkout.
 *
 * @throws Error if the commit is missing, as in a shallow clone
 */
export function programOfLastRelease(folder: string): string | undefined {
  if (!existsSync(join(root, '.git'))) return undefined
  const tree = join(folder, 'release')
  mkdirSync(tree)
  unpack(tree)
  return join(tree, 'bin/mood-exporter.mjs')
}

/**
 * The scorer `tuned` of the last release for a language, from a copy of its commit in a temporary folder that is
 * removed when the process ends. Undefined if the commit is missing, as in a shallow clone.
 */
export async function tunedOfLastRelease(language: string): Promise<Score | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'mood-last-release-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  try {
    unpack(folder, ['plugins', 'src', 'package.json'])
  } catch {
    return undefined
  }
  const tuned = join(folder, 'plugins/scorers/tuned')
  const { Model } = await import(pathToFileURL(join(tuned, 'model.ts')).href)
  const model = Model.load(join(tuned, `${language}.model`))
  return text => model.score(text)
}
