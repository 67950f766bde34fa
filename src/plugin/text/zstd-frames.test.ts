import { zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ZstdFrames } from './zstd-frames.ts'

const noise = Buffer.from(Array.from({ length: 300_000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 13))

/** Offsets at which a splitter cuts, fed pieces of one size. */
function cuts(data: Buffer, size: number): number[] {
  const frames = new ZstdFrames()
  const found: number[] = []
  let at = 0
  for (let start = 0; start < data.length; start += size) {
    const piece = data.subarray(start, start + size)
    const parts = frames.cut(piece)
    expect(Buffer.concat(parts)).toEqual(piece)
    for (const part of parts.slice(0, -1)) {
      at += part.length
      found.push(at)
    }
    at = start + piece.length
  }
  return found
}

const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.alloc(5)])

test('a piece is cut where a frame ends in its middle', () => {
  const frames = [
    zstdCompressSync('one'),
    skippable,
    zstdCompressSync(noise),
    zstdCompressSync(Buffer.alloc(1_000_000)),
    zstdCompressSync(''),
    zstdCompressSync('last'),
  ]
  const data = Buffer.concat(frames)
  let end = 0
  const ends = frames.slice(0, -1).map(frame => {
    end += frame.length
    return end
  })
  expect(cuts(data, data.length)).toEqual(ends)
  for (const size of [7, 100, 4096]) {
    expect(cuts(data, size)).toEqual(ends.filter(offset => offset % size !== 0))
  }
})

test('data that is not a frame is passed on unchanged', () => {
  const data = Buffer.concat([zstdCompressSync('one'), Buffer.from('garbage after it')])
  expect(cuts(data, data.length)).toEqual([data.length - 16])
  expect(cuts(Buffer.from('no frame at all'), 4)).toEqual([])
})
