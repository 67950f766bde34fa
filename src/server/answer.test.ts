import { expect, test } from 'vitest'
import { acceptsGzip, metricsFormat } from './answer.ts'

test.each([
  // As Prometheus 2.42, 2.5x and 3 send it.
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  [
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'openmetrics',
  ],
  // A Prometheus configured to prefer the text format (scrape_protocols).
  ['text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,*/*;q=0.2', 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  ['APPLICATION/OpenMetrics-Text; Version="1.0.0"', 'openmetrics'],
  ['application/openmetrics-text, */*', 'openmetrics'],
  ['application/openmetrics-text;version=2.0.0', 'text'],
  ['application/openmetrics-text;q=0', 'text'],
  ['application/openmetrics-text;q=0.1, text/*;q=0.2', 'text'],
  ['application/openmetrics-text;q=nonsense', 'text'],
  ['*/*', 'text'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
  ['application/json', 'text'],
  ['', 'text'],
  [undefined, 'text'],
  [';;;,,,=q;q=,openmetrics', 'text'],
] as const)('Accept %j gives %s', (accept, format) => {
  expect(metricsFormat(accept)).toBe(format)
})

test.each([
  ['gzip', true],
  ['deflate, GZIP;q=0.5', true],
  ['*', true],
  ['gzip;q=0, *', false],
  ['*;q=0', false],
  ['br, identity', false],
  ['', false],
  [undefined, false],
] as const)('Accept-Encoding %j takes gzip: %s', (header, taken) => {
  expect(acceptsGzip(header)).toBe(taken)
})
