import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The content of a large file in a clone without Git LFS. */
const LFS_POINTER = 'version https://git-lfs'

const MODEL_FILES = ['model.onnx', 'onnx/model.onnx']

/** A model's folder, in the layout of Hugging Face. */
export interface ModelFiles {
  folder: string
  modelFile: string
  config: ModelConfig
}

/** The relevant parts of config.json. */
export interface ModelConfig {
  /** Its path, for messages. */
  path: string
  id2label: Record<string, string>
  multiLabel: boolean
}

/**
 * Finds a model's files, and reads its config.json.
 *
 * @param model the folder, relative to `baseDir`
 * @param file the model's file in it, if it has an unusual name
 * @throws Error that names the missing or invalid file, and says what to do
 */
export function findModel(model: string, file: string | undefined, baseDir: string): ModelFiles {
  const folder = resolve(baseDir, model)
  if (!isThere(folder)?.isDirectory())
    throw new Error(`model: expected a folder, and there is none at ${folder}`)
  const names = file === undefined ? MODEL_FILES : [file]
  const modelFile = names.map(name => join(folder, name)).find(path => isThere(path)?.isFile())
  if (!modelFile)
    throw new Error(
      `there is no ${names.join(' or ')} in ${folder}: export the model with \`optimum-cli export onnx\`, or name its file in \`file\``,
    )
  whole(modelFile)
  for (const name of ['tokenizer.json', 'config.json']) {
    if (!isThere(join(folder, name))?.isFile())
      throw new Error(`there is no ${name} in ${folder}: it comes with the model`)
  }
  return { folder, modelFile, config: readConfig(join(folder, 'config.json')) }
}

const isThere = (path: string) => statSync(path, { throwIfNoEntry: false })

/** @throws Error if the file is only a Git LFS pointer */
function whole(path: string): void {
  const start = Buffer.alloc(LFS_POINTER.length)
  // Opening a pipe would wait for its writer.
  if (!isThere(path)?.isFile()) throw new Error(`${path} is not a regular file`)
  const file = openSync(path, 'r')
  readSync(file, start)
  closeSync(file)
  if (start.toString() === LFS_POINTER)
    throw new Error(
      `${path} is only Git LFS's pointer to the file: run \`git lfs pull\` where the model was cloned`,
    )
}

/** Reads a JSON file that contains a mapping. */
export function readJson(path: string): Record<string, unknown> {
  whole(path)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path} is no JSON: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${path}: expected a mapping`)
  return value as Record<string, unknown>
}

function readConfig(path: string): ModelConfig {
  const { id2label, label2id, problem_type } = readJson(path)
  const labels = isMapping(id2label) ? id2label : isMapping(label2id) ? inverted(label2id) : undefined
  const count = Object.keys(labels ?? {}).length
  const known = Array.from({ length: count }, (_, i) => labels?.[i])
  if (!labels || count === 0 || known.some(label => typeof label !== 'string'))
    throw new Error(
      `${path}: expected "id2label" with the model's labels by number from 0 on, such as {"0": "negative", "1": "positive"}`,
    )
  return {
    path,
    id2label: labels as Record<string, string>,
    multiLabel: problem_type === 'multi_label_classification',
  }
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const inverted = (mapping: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(mapping).map(([key, value]) => [String(value), key]))
