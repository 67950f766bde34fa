import type { z } from '../plugin/index.ts'
import { looksSecret } from './secrets.ts'

/** The internals of a zod schema that a walk needs; the same for every copy of zod 4 that a plugin brings. */
interface Def {
  type: string
  innerType?: z.ZodType
  in?: z.ZodType
  getter?: () => z.ZodType
  shape?: Record<string, z.ZodType>
  catchall?: z.ZodType
  element?: z.ZodType
  valueType?: z.ZodType
  options?: z.ZodType[]
}

const defOf = (schema: z.ZodType): Def => schema._zod.def as unknown as Def

/** The schema within `.optional()`, `.default()`, `.transform()` and similar. */
function inside(schema: z.ZodType): z.ZodType | undefined {
  const def = defOf(schema)
  return def.innerType ?? def.in ?? def.getter?.()
}

function unwrap(schema: z.ZodType): Def {
  const inner = inside(schema)
  return inner ? unwrap(inner) : defOf(schema)
}

/** The keys of a mapping and their schemas; undefined if the schema is not a mapping with fixed keys. */
export const shapeOf = (schema: z.ZodType): Record<string, z.ZodType> | undefined => unwrap(schema).shape

/** Whether a mapping does not declare how to handle further keys, which zod would ignore. */
export const ignoresUnknownKeys = (schema: z.ZodType): boolean => unwrap(schema).catchall === undefined

/** The schema of the items of a list, or of the values of a mapping with free keys. */
export function itemOf(schema: z.ZodType): z.ZodType | undefined {
  const { element, valueType } = unwrap(schema)
  return element ?? valueType
}

/** The alternatives of a union; for any other schema, itself. */
export const alternatives = (schema: z.ZodType): z.ZodType[] => unwrap(schema).options ?? [schema]

/** Whether an option was made by `secret()`, even within other schemas. */
export function isSecret(schema: z.ZodType): boolean {
  if (schema.meta?.()?.secret === true) return true
  const inner = inside(schema)
  return inner !== undefined && isSecret(inner)
}

/** The schemas that may apply to the value at a path; a union has several. */
export function schemasAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType[] {
  return path.reduce<z.ZodType[]>(
    (schemas, key) =>
      schemas.flatMap(alternatives).flatMap(each => {
        const shape = shapeOf(each) ?? {}
        const own = Object.hasOwn(shape, key) ? shape[String(key)] : undefined
        return own ?? itemOf(each) ?? []
      }),
    [schema],
  )
}

/** The allowed keys of the mapping at a path. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const shapes = schemasAt(schema, path).flatMap(alternatives).map(shapeOf)
  return [...new Set(shapes.flatMap(shape => Object.keys(shape ?? {})))]
}

/** Whether the value at a path is a secret, by its schema or by the name of a key on the path. */
export function isSecretAt(schema: z.ZodType, path: readonly PropertyKey[]): boolean {
  return path.some(
    (key, i) =>
      (typeof key === 'string' && looksSecret(key)) || schemasAt(schema, path.slice(0, i + 1)).some(isSecret),
  )
}

/** A schema may contain itself (`z.lazy`): secrets are found up to this depth. */
const DEEPEST = 8

/** The paths of secrets in a plugin's options, for `maskSecrets`. `*` is any index or free key. */
export function secretPaths(schema: z.ZodType, depth = 0): string[][] {
  if (isSecret(schema)) return [[]]
  if (depth > DEEPEST) return []
  const shape = Object.entries(shapeOf(schema) ?? {})
  const item = itemOf(schema)
  const below = item ? [...shape, ['*', item] as const] : shape
  const own = below.flatMap(([key, inner]) => secretPaths(inner, depth + 1).map(path => [key, ...path]))
  const others = alternatives(schema).filter(each => each !== schema)
  return [...own, ...others.flatMap(each => secretPaths(each, depth + 1))]
}
