import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

/** What a thread finds after it has locked its globals. */
async function inThread(code: string): Promise<unknown> {
  const url = new URL('./lock-globals.ts', import.meta.url)
  const script = `const { parentPort } = require('node:worker_threads')
    import('${url}').then(({ OBJECTS, lockGlobals }) => {
      lockGlobals()
      parentPort.postMessage((() => { ${code} })())
    })`
  const [found] = await once(new Worker(script, { eval: true }), 'message')
  return found
}

test('what the runtime calls cannot be replaced', async () => {
  const found = await inThread(`'use strict'
    const refused = []
    for (const [object, name] of [[JSON, 'parse'], [Math, 'imul'], [globalThis, 'setTimeout'], [Map.prototype, 'get']])
      try { object[name] = () => {} } catch (error) { refused.push(error instanceof TypeError && name) }
    return refused`)
  expect(found).toEqual(['parse', 'imul', 'setTimeout', 'get'])
})

test('and is called as fast as before: its objects are not left in dictionary mode', async () => {
  setFlagsFromString('--allow-natives-syntax')
  const found = await inThread(`
    const isFast = new Function('object', 'return %HasFastProperties(object)')
    return OBJECTS.filter(object => !isFast(object)).length`)
  expect(found).toBe(0)
})
