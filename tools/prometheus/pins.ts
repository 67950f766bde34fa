import { readFileSync } from 'node:fs'

const GO_MOD = new URL('go.mod', import.meta.url)
const MAJOR = 100

/** The versions of Prometheus and Alertmanager that `go.mod` names, as their releases are called: `3.13.3`. */
export function pins(): { prometheus: string; alertmanager: string } {
  const [major, minor, patch] = required('prometheus')
  // The Go module of the release 3.13.3 is v0.313.3.
  if (major !== 0) throw new Error(`expected v0.… of the module prometheus, got v${major}.${minor}.${patch}`)
  return {
    prometheus: `${Math.floor((minor as number) / MAJOR)}.${(minor as number) % MAJOR}.${patch}`,
    alertmanager: required('alertmanager').join('.'),
  }
}

/** The version of a module that `go.mod` requires, as numbers. */
function required(name: string): number[] {
  const line = new RegExp(`^\\s*github\\.com/prometheus/${name} v(\\d+)\\.(\\d+)\\.(\\d+)`, 'm')
  const [, ...version] = line.exec(readFileSync(GO_MOD, 'utf8')) ?? []
  if (version.length === 0)
    throw new Error(`${GO_MOD.pathname} requires no release of github.com/prometheus/${name}`)
  return version.map(Number)
}
