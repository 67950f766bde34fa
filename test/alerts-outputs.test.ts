/** Alerts from a real Alertmanager through the exporter to KakaoTalk, and into a report. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { Kakao } from '../plugins/outputs/kakaotalk/testing-kakao.ts'
import { startAlertmanager } from '../tools/stack/alertmanager.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import { tool } from '../tools/stack/tools.ts'
import { ROOT, run } from './support/package.ts'

const TOKEN = 'a-token-of-the-test'

test('an alert that fires and ends reaches KakaoTalk, with the token and not without', {
  timeout: 180_000,
}, async context => {
  const binary = tool(context, 'alertmanager')
  const kakao = await Kakao.listening()
  const { refresh_token, ...app } = kakao.options
  await using exporter = await startExporter(
    {
      sources: [{ use: 'demo' }],
      topics: { galaxy: ['galaxy'] },
      outputs: [{ use: 'kakaotalk', ...app, refresh_token_file: 'kakao.token' }],
      alertmanager: { token_file: 'alertmanager.token', to: ['kakaotalk'] },
      reports: [{ every: '1h' }],
      state: { dir: 'state' },
      log: { format: 'json' },
    },
    { files: { 'kakao.token': refresh_token, 'alertmanager.token': TOKEN } },
  )
  const url = `${exporter.url}/api/v1/alertmanager`
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401)

  // The example that ships, with the address and the token of this test, and without patience.
  const shipped = parse(await readFile(join(ROOT, 'alertmanager/mood-exporter-receiver.yml'), 'utf8'))
  const [webhook] = shipped.receivers[0].webhook_configs
  Object.assign(webhook, { url, http_config: { authorization: { credentials: TOKEN } } })
  Object.assign(shipped.route, { group_wait: '0s', group_interval: '1s' })
  await using alertmanager = await startAlertmanager(binary, stringify(shipped))
  const labels = { alertname: 'MoodTurnsNegative', topic: 'galaxy' }
  const startsAt = new Date(Date.now() - 60_000).toISOString()
  const send = (more: object = {}) =>
    fetch(`http://${alertmanager.address}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels, annotations: { summary: 'galaxy: 부정적' }, startsAt, ...more }]),
    })
  expect((await send()).status).toBe(200)
  const texts = () => kakao.messages.map(({ template }) => template.text)
  await expect
    .poll(texts, { timeout: 60_000, interval: 100 })
    .toContain('[FIRING:1] MoodTurnsNegative galaxy\ngalaxy: 부정적')
  await send({ endsAt: new Date().toISOString() })
  await expect
    .poll(texts, { timeout: 60_000, interval: 100 })
    .toContain('[RESOLVED] MoodTurnsNegative galaxy\ngalaxy: 부정적 (resolved)')
  const samples = await exporter.until(
    samples => samples.sum('mood_output_events_total', { output: 'kakaotalk', result: 'delivered' }) >= 2,
  )
  expect(samples.sum('mood_alert_notifications_total', { result: 'taken' })).toBeGreaterThanOrEqual(2)

  const bin = join(ROOT, 'bin/mood-exporter.mjs')
  const { stdout, stderr } = await run(
    process.execPath,
    [bin, 'report', '--now', '-f', 'json'],
    exporter.folder,
  )
  const { incidents } = JSON.parse(stdout || stderr)
  expect(incidents).toMatchObject([
    {
      alert: 'MoodTurnsNegative',
      topic: 'galaxy',
      startsAt: Date.parse(startsAt),
      endsAt: expect.any(Number),
    },
  ])
})
