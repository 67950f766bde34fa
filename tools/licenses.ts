/**
 * Checks that every dependency that ships with the exporter, direct or not, has a permissive
 * licence. It reads only package-lock.json, so packages for other systems are checked too.
 */
import { readFileSync } from 'node:fs'

const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
])

interface Lockfile {
  /** By path: `node_modules/a/node_modules/b`; '' is the project itself. */
  packages: Record<string, { version?: string; license?: string; dev?: boolean }>
}

/**
 * Whether the allowed licences satisfy an SPDX expression: one side of an OR, both sides of an AND, which binds more
 * tightly.
 */
export function isAllowed(expression: string): boolean {
  const text = expression.trim()
  const alternatives = split(text, ' OR ')
  if (alternatives.length > 1) return alternatives.some(isAllowed)
  const parts = split(text, ' AND ')
  if (parts.length > 1) return parts.every(isAllowed)
  if (text.startsWith('(') && text.endsWith(')')) return isAllowed(text.slice(1, -1))
  return ALLOWED.has(text)
}

/** Splits at an operator outside parentheses. */
function split(text: string, operator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')') depth--
    else if (depth === 0 && text.startsWith(operator, at)) {
      parts.push(text.slice(start, at))
      start = at + operator.length
    }
  }
  return [...parts, text.slice(start)]
}

/** What ships: everything except the project itself and its development dependencies. */
const shipped = ({ packages }: Lockfile) =>
  Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev)

/** A line for each shipped package whose licence is missing or not allowed. */
export const faults = (lockfile: Lockfile): string[] =>
  shipped(lockfile)
    .filter(([, { license }]) => !license || !isAllowed(license))
    .map(
      ([path, { version, license }]) =>
        `${path.replace(/^.*node_modules\//, '')}@${version}: ${license ?? 'names none'}`,
    )

if (import.meta.main) {
  const lockfile: Lockfile = JSON.parse(
    readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'),
  )
  const found = faults(lockfile)
  if (found.length > 0) {
    console.error(`Not under a licence that tools/licenses.ts allows:\n  ${found.join('\n  ')}`)
    process.exitCode = 1
  } else console.log(`${shipped(lockfile).length} packages ship, each under a licence that is allowed.`)
}
