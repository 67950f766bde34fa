import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { createError } from '../catalogue/errors.ts'
import { messageOf } from '../plugin/message-of.ts'
import { directoryProblem, makeDirectory } from '../runtime/make-directory.ts'
import { choiceArgument } from './arguments.ts'
import { print } from './output.ts'

const EXAMPLES = `
Equal files in DIR, and files with other names, are left unchanged. If a file in DIR differs from the built-in one,
nothing is written without --force.

Examples:
  $ mood-exporter export rules ./rules            for \`rule_files: [rules/*.yml]\` in prometheus.yml
  $ mood-exporter export dashboards ./dashboards  for Grafana: import or provision them
  $ mood-exporter export rules --force ./rules    after an upgrade: replaces files that differ`

/** What can be exported: the files with this ending in a folder of the package. */
const EXPORTS = {
  rules: { folder: 'prometheus/rules', ending: '.yml' },
  dashboards: { folder: 'grafana/generated', ending: '.json' },
} as const

type Export = keyof typeof EXPORTS

/** The root of the package, or of the checkout. */
const ROOT = dirname(createRequire(import.meta.url).resolve('mood-exporter/package.json'))

/** `mood-exporter export`: writes the built-in rules of Prometheus and dashboards of Grafana. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write the built-in Prometheus rules or Grafana dashboards to a directory.')
    .addArgument(choiceArgument('<what>', 'what to write', Object.keys(EXPORTS)))
    .argument('<dir>', 'the directory, which is created if it does not exist')
    .option('--force', 'overwrite files that differ')
    .addHelpText('after', EXAMPLES)
    .action(exportFiles)
}

async function exportFiles(what: Export, dir: string, { force = false }: { force?: boolean }): Promise<void> {
  const { folder, ending } = EXPORTS[what]
  const names = (await readdir(join(ROOT, folder))).filter(name => name.endsWith(ending)).sort()
  const files = await Promise.all(
    names.map(async name => {
      const path = join(dir, name)
      const text = await readFile(join(ROOT, folder, name), 'utf8')
      const found = await existing(path)
      return { path, text, found, differs: found !== null && found !== text }
    }),
  )
  const differing = files.filter(({ differs }) => differs).map(({ path }) => path)
  if (differing.length > 0 && !force) throw createError('ERR_EXPORT_EXISTS', { files: differing.join(', ') })

  try {
    makeDirectory(dir)
    for (const { path, text, found } of files) {
      if (found !== text) await writeFile(path, text)
      print(`${found === text ? 'unchanged' : found === null ? 'wrote' : 'replaced'}  ${path}`)
    }
  } catch (error) {
    throw createError('ERR_EXPORT_UNWRITABLE', { dir, reason: directoryProblem(error) }, { cause: error })
  }
}

/** The text of a file; null if there is none. */
async function existing(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw createError('ERR_EXPORT_UNWRITABLE', { dir: path, reason: messageOf(error) }, { cause: error })
  }
}
