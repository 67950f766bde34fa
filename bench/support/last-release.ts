import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What is measured against: the commit of the last release. */
export const LAST_RELEASE = 'b2acef7'

type Score = (text: string) => unknown

/**
 * The scorer `tuned` of the last release for a language, from a copy of its commit in a temporary folder that goes when
 * the process ends. Undefined where the commit is not there, as in a shallow clone.
 */
export async function tunedOfLastRelease(language: string): Promise<Score | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'mood-last-release-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  try {
    const archive = execFileSync('git', ['archive', LAST_RELEASE, 'plugins', 'src', 'package.json'], {
      cwd: root,
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    execFileSync('tar', ['-x', '-C', folder], { input: archive })
  } catch {
    return undefined
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const tuned = join(folder, 'plugins/scorers/tuned')
  const { Model } = await import(pathToFileURL(join(tuned, 'model.ts')).href)
  const model = Model.load(join(tuned, `${language}.model`))
  return text => model.score(text)
}
