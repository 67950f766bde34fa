// The image's health check: exits with 0 if the exporter answers. A separate program, because the image has no curl.
import { get } from 'node:http'

const url = process.env.MOOD_HEALTH_URL ?? 'http://127.0.0.1:19747/-/healthy'

// With a web configuration the exporter may require a password: 401 is a healthy answer as well.
get(url, { timeout: 3000 }, ({ statusCode }) => end(statusCode === 200 || statusCode === 401, statusCode))
  .on('timeout', () => end(false, 'no answer within 3 s'))
  .on('error', error => end(false, error.message))

function end(healthy, what) {
  console.log(`${url}: ${what}`)
  process.exit(healthy ? 0 : 1)
}
