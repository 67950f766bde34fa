import { z } from 'zod'

const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/
const INDEX = /^(?:0|[1-9]\d*)$/

/** An option that is a JSON pointer (RFC 6901), such as `/user/name` or `/tags/0`; '' is the whole record. */
export const pointer = () =>
  z.string().regex(POINTER, {
    error: 'expected a JSON pointer, such as "/user/name", with "~0" for "~" and "~1" for "/" in a key',
  })

/** The keys of a pointer. */
export const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Whether a key may be the index of an element in an array. */
export const isIndex = (key: string): boolean => INDEX.test(key)

/** The last key of a pointer: the name of the property; '' for the whole record. */
export const lastKey = (pointer: string): string => keysOf(pointer).at(-1) ?? ''

/** Makes a function that returns the value at a pointer, or undefined. It sees only own properties. */
export function pointerReader(pointer: string): (value: unknown) => unknown {
  const keys = keysOf(pointer)
  return value => {
    for (const key of keys) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
      if (Array.isArray(value) && !isIndex(key)) return undefined
      value = (value as Record<string, unknown>)[key]
    }
    return value
  }
}
