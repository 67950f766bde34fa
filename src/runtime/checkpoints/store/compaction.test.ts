import { join } from 'node:path'
import { expect, test } from 'vitest'
import { State } from '../../../state/state.ts'
import { openSlices } from './base.ts'
import { compact } from './compaction.ts'
import { addEpoch } from './epochs.ts'
import { type OpenDirectory, openDirectory } from './open.ts'
import { restore, termsIn } from './restore.ts'
import {
  CONFIGURATION,
  closeDirectory,
  contentOf,
  encodedClosed,
  LiveModel,
  random,
  SHAPE,
  temporaryDirectory,
} from './store-testing.ts'

const fail = (what: string) => {
  throw new Error(what)
}

/** Looks whether what a directory holds is what the live state, and all else, came to. */
function expectRestored({ database }: OpenDirectory, model: LiveModel): void {
  const { base, terms } = restore(database, CONFIGURATION)
  const state = State.decodeBase(SHAPE, base.base)
  openSlices(state, base.frame)
  for (const chunk of terms) for (const each of termsIn(chunk)) expect(state.decodeTerms(each)).toBe(true)
  expect(contentOf(state)).toEqual(contentOf(model.state))
  expect(base.epoch).toBe(model.epoch)
  expect(new Int32Array(base.ids as SharedArrayBuffer)).toEqual(model.ids)
  expect(base.positions.sort()).toEqual([...model.positions.values()].sort())
  const published = database.published ?? 0
  expect(base.republish).toEqual(encodedClosed(model.closed.filter(({ epoch }) => epoch > published)))
}

test.each([...Array(12).keys()])(
  'what is restored is what was counted, wherever the compaction was interrupted (%i)',
  seed => {
    using directory = temporaryDirectory()
    const dir = join(directory.path, 'state')
    const n = random(seed + 1000)
    const model = new LiveModel(seed)
    let open = openDirectory(dir, CONFIGURATION)
    let pass: Generator<void> | null = null
    for (let round = 0; round < 60; round++) {
      const record = model.next()
      open.database.transaction(true, () => {
        addEpoch(open.database, record)
        if (n(4) === 0) {
          open.database.published = record.epoch
          open.database.tables.closed.deleteWhere('epoch <= ?', record.epoch)
        }
      })
      if (n(6) === 0) pass = compact(open.database, CONFIGURATION, fail)
      for (let steps = n(n(2) ? 10 : 100); pass && steps > 0; steps--) if (pass.next().done) pass = null
      if (n(5) === 0) {
        pass = null
        closeDirectory(open)
        open = openDirectory(dir, CONFIGURATION)
        expect(open.losses).toEqual([])
      }
      if (n(4) === 0) expectRestored(open, model)
    }
    expectRestored(open, model)
    closeDirectory(open)
  },
)
