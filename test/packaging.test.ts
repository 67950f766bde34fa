import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseConfig } from '../src/config/load.ts'
import { ROOT } from './support/package.ts'

const UNIT = readFileSync(join(ROOT, 'packaging/systemd/mood-exporter.service'), 'utf8')

const settingOf = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(UNIT)?.[1]

test('the unit for systemd gives a clean stop the time that it may take', () => {
  const result = parseConfig('sources: [demo]', 'mood.yml')
  if (!result.ok) throw new Error('the least configuration is not valid')
  // Threads have four seconds more to end.
  const longest = result.loaded.config.server.shutdown_timeout / 1000 + 4
  expect(Number(settingOf('TimeoutStopSec'))).toBeGreaterThan(longest)
})

test('the unit reloads by the signal that does so, and leaves V8 the memory that it compiles to', () => {
  expect(settingOf('ExecReload')).toBe('/bin/kill -HUP $MAINPID')
  expect(settingOf('MemoryDenyWriteExecute')).toBe('no')
})
