import { quote } from '../config/problem.ts'
import { type ColumnsOption, findNames, NEEDED, PARTS, type Part } from './columns.ts'
import type { Line } from './lines.ts'
import { type Cutting, recordsOf } from './records.ts'
import { type Row, rowWith, type Table } from './row.ts'

/** JSON: one object per line, over several lines, or in an array. */
export function ndjsonTable(file: string, first: Line, cutting: Cutting, option?: ColumnsOption): Table {
  if (option && 'names' in option)
    throw new Error('expected --columns label=NAME,text=NAME, as fields of JSON have no order')
  const object = parseObject(first.text)
  if ('problem' in object) throw new Error(object.problem)
  const names = Object.keys(object.fields)
  const found = { ...findNames(names), ...option?.refs }
  for (const part of NEEDED)
    if (found[part] === undefined)
      throw new Error(
        `it is not clear which field is the ${part}: there are ${names.map(quote).join(', ')}; say --columns label=NAME,text=NAME`,
      )
  const read = ({ line, text: json }: Line): Row => {
    const object = parseObject(json)
    if ('problem' in object) return { line, problem: object.problem }
    const [label, text, ...others] = PARTS.map(part => object.fields[found[part] ?? ''])
    if (typeof text !== 'string')
      return { line, problem: `expected a text in ${quote(found.text as string)}` }
    if (typeof label !== 'string' && typeof label !== 'number')
      return { line, problem: `expected a label in ${quote(found.label as string)}` }
    const [lang, kind, pair] = others.map(part =>
      typeof part === 'string' || typeof part === 'number' ? String(part) : undefined,
    )
    return rowWith(line, String(label), text, { lang, kind, pair })
  }
  return {
    file,
    said: PARTS.filter(part => found[part] !== undefined)
      .map((part: Part) => `${part} in the field ${quote(found[part] as string)}`)
      .join(', '),
    async *rows(notes) {
      for await (const records of recordsOf(file, cutting, notes)) yield records.map(read)
    },
  }
}

function parseObject(json: string): { fields: Record<string, unknown> } | { problem: string } {
  try {
    const fields = JSON.parse(json)
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return { fields }
  } catch {
    // Reported below, as for any other line that is not an object.
  }
  return { problem: `expected an object of JSON, got ${quote(json)}` }
}
