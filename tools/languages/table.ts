/**
 * Makes src/pipeline/language.table from the smallest data set of the npm package eld:
 *
 *     node tools/languages/table.ts
 *
 * As JavaScript this data takes 70 MB in each thread that reads it; as the table of LanguageTable it takes 2 MB.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { encodeTable, type Gram } from '../../src/pipeline/language-table.ts'

const TARGET = new URL('../../src/pipeline/language.table', import.meta.url)

/** Bytes from here on are parts of characters; lower bytes are whole characters. */
const FIRST_PART = 0x80

// The package exports its functions, not the data.
const entry = fileURLToPath(import.meta.resolve('eld/extrasmall'))
const part = (path: string) => import(new URL(path, pathToFileURL(entry)).href)
const { ngramsData } = (await part('../ngrams/extrasmall.js')) as {
  ngramsData: { languages: Record<number, string>; ngrams: Record<string, Record<number, number>> }
}
const { dictionary } = (await part('../dictionary.js')) as { dictionary: string[] }

/** The package writes each byte of a character's UTF-8 as a separate character. */
const bytes = new Map(dictionary.slice(FIRST_PART).map((char, i) => [char, FIRST_PART + i]))

function gramOf(written: string, odds: Record<number, number>): Gram {
  const begins = written.startsWith(' ')
  const ends = written.endsWith(' ')
  const letters = [...written.slice(begins ? 1 : 0, ends ? -1 : undefined)]
  return {
    bytes: letters.map(letter => bytes.get(letter) ?? (letter.codePointAt(0) as number)),
    begins,
    ends,
    odds: Object.entries(odds).map(([language, weight]) => [Number(language), weight]),
  }
}

const languages = Object.values(ngramsData.languages)
const grams = Object.entries(ngramsData.ngrams).map(([written, odds]) => gramOf(written, odds))
writeFileSync(TARGET, encodeTable(languages, grams))
console.log(`${grams.length} runs of letters of ${languages.length} languages`)
