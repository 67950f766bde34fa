import { isLoopback, secret, TOKEN_REQUIRED, z } from '../plugin/index.ts'
import { orList, type PathProblem } from './problem.ts'
import { readSecretFile } from './read-file.ts'
import type { Config } from './schema.ts'

export const alertmanagerSchema = z.strictObject({
  token: secret()
    .optional()
    .describe(
      'The token that Alertmanager must send as `Authorization: Bearer TOKEN`. Required if other machines can reach `server.listen`.',
    ),
  token_file: z.string().min(1).optional().describe('A file to read `token` from.'),
  to: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Names of the outputs that get alerts; by default all that take alerts.'),
})

/** Reports a missing token if other machines can reach the address. Call it after the token's file was read. */
export function missingToken({ alertmanager, server: { listen } }: Config): PathProblem[] {
  if (!alertmanager || alertmanager.token !== undefined || isLoopback(listen.host)) return []
  return [{ path: ['alertmanager', 'token'], message: `missing: ${TOKEN_REQUIRED}` }]
}

/**
 * Reads the token's file, and returns the problems of the section.
 * @param baseDir the folder at which the path starts
 */
export function alertmanagerProblems(config: Config, baseDir: string): PathProblem[] {
  const { alertmanager, outputs } = config
  if (!alertmanager) return []
  const at = (key: string, message: string): PathProblem => ({ path: ['alertmanager', key], message })
  const problems: PathProblem[] = []
  const { token_file: file } = alertmanager
  if (file !== undefined) {
    if (alertmanager.token !== undefined)
      return [at('token_file', 'expected either `token` or `token_file`, got both')]
    const read = readSecretFile(file, baseDir)
    if ('error' in read) return [at('token_file', read.error)]
    alertmanager.token = read.secret
  }
  problems.push(...missingToken(config))
  const names = outputs.map(({ name, use }) => name ?? use)
  for (const [i, name] of (alertmanager.to ?? []).entries())
    if (!names.includes(name) && outputs.every(({ name, use }) => name !== undefined || /^[a-z]+$/.test(use)))
      problems.push({
        path: ['alertmanager', 'to', i],
        message: `no output is called "${name}"; there is ${names.length === 0 ? 'none' : orList(names)}`,
      })
  return problems
}
