import {
  csvDialect,
  csvFields,
  InvalidRecord,
  type Ranking,
  type RankingFormat,
  type RankingItem,
  recordSplitter,
  shown,
  withoutSeparatorLine,
} from 'mood-exporter/plugin'
import { countAt, rankAt, rankingOf, termAt } from './fields.ts'
import type { RankingOptions } from './options.ts'
import { listTime } from './times.ts'

/**
 * Rankings in CSV, one row per term. Rows with the same time are one list, so that a file may contain many; without a
 * time column all rows are one list.
 */
export function csvRankings(options: RankingOptions): RankingFormat {
  const { delimiter, columns } = options
  const readTime = listTime(options)
  return {
    framing: { kind: 'whole' },
    decode(document, { receivedAt }) {
      const [firstLine = ''] = document.split(/\r|\n/, 1)
      const dialect = csvDialect(firstLine, { delimiter })
      const text = withoutSeparatorLine(document.replace(/^\ufeff/, ''))
      const rows = recordsOf(text, dialect).map(row => {
        const fields = csvFields(row, dialect)
        if (fields === null) throw new InvalidRecord(`expected a row of CSV, got ${shown(row)}`)
        return fields.map(field => field.trim())
      })
      const names = columns ?? rows.shift() ?? []
      const find = placesIn(names)
      const place = {
        term: find('term', options.term ?? 'term'),
        rank: options.rank === undefined ? undefined : find('rank', options.rank),
        count: options.count === undefined ? undefined : find('count', options.count),
        time: options.time === undefined ? undefined : find('time', options.time),
      }
      const lists = new Map<number, RankingItem[]>()
      rows.forEach((fields, i) => {
        const where = `row ${i + 1}`
        if (fields.length !== names.length)
          throw new InvalidRecord(`${where}: expected ${names.length} columns, got ${fields.length}`)
        const at =
          place.time === undefined ? receivedAt : readTime(`${where}.${options.time}`, fields[place.time])
        const items = lists.get(at) ?? []
        lists.set(at, items)
        items.push({
          rank:
            place.rank === undefined
              ? items.length + 1
              : rankAt(`${where}.${options.rank}`, fields[place.rank]),
          term: termAt(`${where}.${options.term ?? 'term'}`, fields[place.term]),
          count:
            place.count === undefined ? undefined : countAt(`${where}.${options.count}`, fields[place.count]),
        })
      })
      if (lists.size === 0) return rankingOf(receivedAt, [], 'rows')
      return Array.from(lists, ([at, items]): Ranking => ({ at, items }))
    },
  }
}

function recordsOf(text: string, dialect: { delimiter: string; quote: string | null }): string[] {
  const rows: string[] = []
  const bytes = Buffer.from(text)
  const splitter = recordSplitter({ kind: 'csv', ...dialect }, bytes.length + 1, {
    record: row => rows.push(Buffer.from(row).toString('utf8')),
    oversized: () => {},
  })
  splitter.write(bytes)
  splitter.end()
  return rows
}

/** Finds columns by name. */
const placesIn =
  (names: readonly string[]) =>
  (part: string, column: string | number): number => {
    const place = typeof column === 'number' ? column - 1 : names.findIndex(name => name.trim() === column)
    if (place >= 0 && place < names.length) return place
    throw new InvalidRecord(
      `${part}: expected one of the columns ${names.map(name => shown(name)).join(', ')}, got ${shown(column)}`,
    )
  }
