import { type ColumnsOption, parseColumns } from '../eval/columns.ts'
import { labelOfWord, plain } from '../eval/labels.ts'
import type { DataFormat, Layout } from '../eval/open-table.ts'
import { parseRange, type Range } from '../eval/scale.ts'
import type { Label } from '../eval/sentiment.ts'
import type { LabelOptions } from '../eval/survey.ts'
import { encodingNamed } from '../plugin/text/encoding.ts'
import { usageError } from './errors.ts'

/** The options of `eval` for reading the data, as on the command line. */
export interface WrittenOptions {
  columns?: string
  format?: DataFormat
  encoding?: string
  map?: string[]
  scale?: string
  neutral?: string
  sample?: string
  mistakes: string
}

/** The parsed options of `eval`. @throws ERR_USAGE that names the option */
export function evalOptions(written: WrittenOptions) {
  const { columns, format, encoding, map, scale, neutral, sample, mistakes } = written
  const labels: LabelOptions = {
    ...(map ? { map: new Map(map.map(meaning)) } : {}),
    ...(scale === undefined ? {} : { scale: range('--scale', scale, '1..5') }),
    ...(neutral === undefined ? {} : { neutral: range('--neutral', neutral, '3..3', true) }),
  }
  const layout: Layout = {
    ...(format ? { format } : {}),
    ...(columns === undefined ? {} : { columns: columnsOf(columns) }),
    ...(encoding === undefined ? {} : { encoding: encodingOf(encoding) }),
  }
  return {
    labels,
    layout,
    ...(sample === undefined ? {} : { sample: whole('--sample', sample, 1) }),
    mistakes: whole('--mistakes', mistakes, 0, 1000),
  }
}

function encodingOf(label: string): string {
  const encoding = encodingNamed(label)
  if (encoding === undefined)
    throw usageError(`--encoding: expected one such as utf-8, cp949 or latin1, got "${label}"`)
  return encoding
}

function columnsOf(columns: string): ColumnsOption {
  try {
    return parseColumns(columns)
  } catch (error) {
    throw usageError(`--columns: ${(error as Error).message}`)
  }
}

function meaning(text: string): [label: string, sentiment: Label | 'skip'] {
  const at = text.lastIndexOf('=')
  const word = text.slice(at + 1)
  const sentiment = plain(word) === 'skip' ? 'skip' : labelOfWord(word)
  if (at < 1 || sentiment === undefined)
    throw usageError(
      `--map: expected LABEL=SENTIMENT with negative, neutral, positive or skip, such as "meh=neutral", got "${text}"`,
    )
  return [plain(text.slice(0, at)), sentiment]
}

function range(option: string, text: string, example: string, point = false): Range {
  const found = parseRange(text, point)
  if (!found) throw usageError(`${option}: expected a range, such as ${example}, got "${text}"`)
  return found
}

function whole(option: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= least && number <= most)) {
    const bounds = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `from ${least} up`
    throw usageError(`${option}: expected a whole number ${bounds}, got "${text}"`)
  }
  return number
}
