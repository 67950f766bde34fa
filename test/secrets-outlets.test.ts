import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startExporter } from '../tools/stack/exporter.ts'

const SECRETS = ['s3cret-by-schema', 's3cret-in-a-file', 's3cret-in-a-url', 's3cret-of-a-source']

/** Throws the secrets that it was given. */
const TELLS = `
import { defineScorer, secret, z } from 'mood-exporter/plugin'
export default defineScorer({
  name: 'tells', description: 'Says what it must not.',
  options: z.object({ code: secret(), pin: secret(), url: z.string() }),
  create: ({ code, pin, url }, { log }) => ({
    score: () => {
      log.warn('with ' + code, { pin, url })
      console.error(code)
      throw new Error('cannot log in with ' + code + ' and ' + pin + ' at ' + url)
    },
  }),
})`

const SOURCE = `
import { once } from 'node:events'
import { defineSource, secret, z } from 'mood-exporter/plugin'
export default defineSource({
  name: 'told', description: 'Hands over a post, and says what it must not.',
  options: z.object({ code: secret() }),
  create: ({ code }, { log }) => ({
    async run(sink, signal) {
      log.info('it runs', { characters: code.length })
      sink.up()
      await sink.write([{ text: 'a good day', createdAt: Date.now() }])
      sink.refused('password ' + code)
      sink.down('refused as ' + code)
      await once(signal, 'abort')
    },
  }),
})`

test('no secret is exposed anywhere, whatever plugins do with it', async () => {
  await using exporter = await startExporter(
    {
      languages: { detect: false },
      workers: 1,
      sources: [{ use: './told.ts', code_file: './code' }],
      scorers: [
        {
          use: './tells.ts',
          code: SECRETS[0],
          pin_file: './pin',
          url: `http://localhost/?api_key=${SECRETS[2]}`,
        },
        { use: 'http', url: `http://127.0.0.1:9/?api_key=${SECRETS[2]}` },
      ],
    },
    {
      files: { 'tells.ts': TELLS, 'told.ts': SOURCE, pin: SECRETS[1] as string, code: `${SECRETS[3]}\n` },
      args: ['--web.enable-lifecycle'],
    },
  )
  await exporter.until(
    samples =>
      samples.sum('mood_plugin_errors_total', { plugin: 'tells' }) === 1 &&
      samples.sum('mood_plugin_errors_total', { plugin: 'http' }) === 1 &&
      samples.sum('mood_source_refused_total') === 1,
  )
  await exporter.logged(({ msg }) => msg === 'a plugin wrote to its console')
  const outlets = ['/', '/api/v1/status', '/metrics', '/-/ready']
  const texts = await Promise.all(outlets.map(async path => (await fetch(exporter.url + path)).text()))
  texts.push(exporter.log.join('\n'))
  for (const text of texts) for (const secret of SECRETS) expect(text).not.toContain(secret)
  expect(texts.join()).toContain('cannot log in with ********')

  // The contents of a secret's file are part of the configuration.
  await writeFile(join(exporter.folder, 'code'), 'another one, longer')
  expect((await fetch(`${exporter.url}/-/reload`, { method: 'POST' })).status).toBe(200)
  await exporter.logged(
    ({ msg, characters }) => msg === 'it runs' && characters === 'another one, longer'.length,
  )
})
