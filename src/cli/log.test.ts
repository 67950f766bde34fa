import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const LOG = new URL('log.ts', import.meta.url).href

/** What a program that logs one line writes to standard error. */
function logged(options: string): string {
  const program = `const { createLog } = await import('${LOG}')
const log = await createLog(${options})
log.info({ source: 'tcp' }, 'connected')
log.debug('not shown')`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  return stderr
}

test('away from a terminal the log is JSON with the level by name', () => {
  expect(JSON.parse(logged('{}'))).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    source: 'tcp',
    msg: 'connected',
  })
})

test('a pretty log is readable text', () => {
  expect(logged(`{ format: 'pretty' }`)).toMatch(
    /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: connected \{"source":"tcp"\}\n$/,
  )
})

test('a silent log is silent', () => {
  expect(logged(`{ level: 'silent' }`)).toBe('')
})
