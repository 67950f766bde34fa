import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noteSecret, noteSecrets, redact, redacted } from './redact.ts'

test('secrets are masked wherever they are in a text, as they are and as URLs and JSON write them', () => {
  noteSecret('tok"en/1+2')
  expect(redact(`failed: tok"en/1+2 and ${encodeURIComponent('tok"en/1+2')}`)).toBe(
    'failed: ******** and ********',
  )
  expect(redact(JSON.stringify({ url: 'x?k=tok"en/1+2' }))).toBe('{"url":"x?k=********"}')
  expect(redacted({ a: ['tok"en/1+2', 1], b: null })).toEqual({ a: ['********', 1], b: null })
})

test('a secret that begins with another is masked as a whole, and short ones are not masked', () => {
  noteSecret('abcdef')
  noteSecret('abcdefghi')
  noteSecret('1234')
  expect(redact('abcdefghi abcdef 1234')).toBe('******** ******** 1234')
})

test('secrets of a configuration are found by schema, by key name, in URLs and in files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mood-redact-'))
  writeFileSync(join(folder, 'pin'), 'from-a-file\n')
  writeFileSync(join(folder, 'words'), 'no secret here')
  try {
    noteSecrets(
      {
        url: 'https://user:pass-word@host/?api_key=in-the-query&page=harmless',
        token: 'named-so',
        code: 'by-the-schema',
        pin_file: 'pin',
        words_file: 'words',
        topics: { token: ['a-keyword'] },
      },
      path => path[0] === 'code' || path[0] === 'pin',
      folder,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
  for (const secret of ['pass-word', 'in-the-query', 'named-so', 'by-the-schema', 'from-a-file'])
    expect(redact(`<${secret}>`)).toBe('<********>')
  for (const other of ['harmless', 'no secret here', 'https://host']) expect(redact(other)).toBe(other)
})
