import type { z } from '../plugin/index.ts'
import type { PathProblem } from './problem.ts'
import { readSecretFile } from './read-file.ts'
import { alternatives, ignoresUnknownKeys, isSecret, itemOf, shapeOf } from './schema-walk.ts'
import { unknownKey } from './suggest.ts'

type Shape = Record<string, z.ZodType>

const FILE = '_file'

/** The secret that a key such as `token_file` reads, if there is one and the key is not an option itself. */
function secretBehind(shape: Shape, key: string): string | undefined {
  if (!key.endsWith(FILE) || Object.hasOwn(shape, key)) return undefined
  const name = key.slice(0, -FILE.length)
  const option = Object.hasOwn(shape, name) ? shape[name] : undefined
  return option && isSecret(option) ? name : undefined
}

/** Every allowed key of the options: those of the schema, and one more for each secret. */
export function optionKeys(shape: Shape): string[] {
  return Object.entries(shape).flatMap(([key, option]) => (isSecret(option) ? [key, key + FILE] : [key]))
}

/** A token of only digits is a number in YAML. */
const asSecret = (value: unknown) => (Number.isSafeInteger(value) ? String(value) : value)

/**
 * The value to validate with a plugin's schema: the options as written, with the secrets read from their files. Also
 * finds unknown keys of inner mappings, which zod would ignore; those at the top level are left to a strict schema.
 */
export function optionValues(schema: z.ZodType, raw: unknown, baseDir: string) {
  const problems: PathProblem[] = []
  const addProblem = (path: (string | number)[], message: string) => problems.push({ path, message })

  const read = (schema: z.ZodType, value: unknown, path: (string | number)[]): unknown => {
    if (isSecret(schema)) return asSecret(value)
    if (typeof value !== 'object' || value === null) return value
    const each = alternatives(schema)
    if (Array.isArray(value)) {
      const item = each.map(itemOf).find(Boolean)
      return item ? value.map((inner, i) => read(item, inner, [...path, i])) : value
    }
    const mapping = each.find(alternative => shapeOf(alternative) ?? itemOf(alternative))
    return mapping ? readMapping(mapping, value as Record<string, unknown>, path) : value
  }

  const readMapping = (schema: z.ZodType, value: Record<string, unknown>, path: (string | number)[]) => {
    const shape = shapeOf(schema)
    const item = itemOf(schema)
    const result: Record<string, unknown> = {}
    for (const [key, inner] of Object.entries(value)) {
      const own = shape && Object.hasOwn(shape, key) ? shape[key] : item
      const secret = shape && secretBehind(shape, key)
      if (secret) result[secret] = readFile(secret, inner, value, [...path, key])
      else if (own) result[key] = read(own, inner, [...path, key])
      else if (shape && path.length > 0 && ignoresUnknownKeys(schema)) {
        addProblem([...path, key], unknownKey(key, optionKeys(shape)))
      } else result[key] = inner
    }
    return result
  }

  const readFile = (
    secret: string,
    name: unknown,
    beside: Record<string, unknown>,
    path: (string | number)[],
  ) => {
    const file = Object.hasOwn(beside, secret)
      ? { error: `expected \`${secret}\` or a file to read it from, got both` }
      : readSecretFile(name, baseDir)
    if ('secret' in file) return file.secret
    addProblem(path, file.error)
    // A placeholder, so that the secret is not also reported as missing.
    return 'unread'
  }

  return { value: read(schema, raw, []) as Record<string, unknown>, problems }
}
