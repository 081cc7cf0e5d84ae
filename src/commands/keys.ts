import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseSecret } from '../config.ts'
import { createIdentityHasher } from '../domain/identity-hash.ts'
import { groupFingerprint } from '../domain/key-fingerprint.ts'
import { HeduiError } from '../errors.ts'
import { describeSealKey } from '../services/describe-seal-key.ts'
import { obtainSecret, secretFile } from '../services/open-hedui.ts'
import { type Command, JSON_OPTION } from './command.ts'

export const keysBackup: Command = {
  name: 'keys backup',
  usage: 'keys backup FILE',
  summary: 'write a copy of the secret (mode 0600); keep it where the database is not',
  options: {},
  positionals: ['FILE'],
  run: async ({ config, terminal, positionals }) => {
    const secret = await obtainSecret(config)
    const file = resolve(config.callerFolder, positionals[0]!)
    await writeFile(file, `${secret.toString('base64')}\n`, { mode: 0o600, flag: 'wx' }).catch((cause) => {
      throw new HeduiError(
        'INPUT_FILE',
        cause.code === 'EEXIST' ? 'is there already' : `cannot be written: ${cause.code}`,
        { file, cause },
      )
    })
    await terminal.print(`secret ${createIdentityHasher(secret).fingerprint.slice(0, 8)} written to ${file}`)
    return 0
  },
}

export const keysRestore: Command = {
  name: 'keys restore',
  usage: 'keys restore FILE',
  summary: 'put a copy of the secret back under HEDUI_HOME; never over another one',
  options: {},
  positionals: ['FILE'],
  run: async ({ config, terminal, positionals }) => {
    const from = resolve(config.callerFolder, positionals[0]!)
    const text = await readFile(from, 'utf8').catch((cause) => {
      throw new HeduiError('INPUT_FILE', `cannot be read: ${cause.code}`, { file: from, cause })
    })
    const secret = parseSecret(text)
    const file = secretFile(config)
    await mkdir(dirname(file), { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    const kept = await readFile(file, 'utf8').catch(() => null)
    if (kept !== null && !parseSecret(kept).equals(secret)) {
      throw new HeduiError('DEFINITION_SECRET', 'another secret lies there; move it away first', { file })
    }
    await writeFile(file, `${secret.toString('base64')}\n`, { mode: 0o600 })
    await terminal.print(`secret ${createIdentityHasher(secret).fingerprint.slice(0, 8)} restored to ${file}`)
    return 0
  },
}

export const keysPublic: Command = {
  name: 'keys public',
  usage: 'keys public [--json]',
  summary:
    'print the public key that packets are sealed with, and its fingerprint: publish it where people can compare',
  options: JSON_OPTION,
  positionals: [],
  run: async ({ config, terminal, values }) => {
    const { publicKey, fingerprint, pem } = describeSealKey(await obtainSecret(config))
    if (values.json) {
      await terminal.print(JSON.stringify({ algorithm: 'Ed25519', publicKey, fingerprint, pem }))
      return 0
    }
    await terminal.print(pem.trimEnd())
    await terminal.print('sha256 fingerprint')
    await terminal.print(`  ${groupFingerprint(fingerprint)}`)
    return 0
  },
}
