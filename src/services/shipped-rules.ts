import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { HeduiError } from '../errors.ts'

/**
 * The version of the rules that come with the program, which its makers have approved, from the lock file beside them;
 * null where there is none, and then no folder's rules are approved unread. scripts/lock-rules.mjs writes the file.
 */
export async function readShippedVersion({ root }: Pick<Config, 'root'>): Promise<string | null> {
  const file = lockFile(root)
  const text = await readFile(file, 'utf8').catch((cause) => {
    if (cause.code === 'ENOENT') return null
    throw new HeduiError('DEFINITION_RULE', `the file cannot be read: ${cause.code}`, { file, cause })
  })
  if (text === null) return null
  const [, version] = /^\s*\{\s*"version"\s*:\s*"(sha256:[0-9a-f]{64})"\s*\}\s*$/.exec(text) ?? []
  if (version) return version
  throw new HeduiError('DEFINITION_RULE', 'must be {"version":"sha256:…"}; scripts/lock-rules.mjs writes it', { file })
}

/** Where the version of the shipped rules stands. */
export function lockFile(root: string): string {
  return join(root, 'rules', 'shipped.json')
}
