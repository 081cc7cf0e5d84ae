import { createHmac, randomUUIDv7 } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import canonicalize from 'canonicalize'
import type pg from 'pg'
import { type Database, inTransaction } from '../db/connect.ts'
import { endDemo } from '../db/queries/demo.ts'
import {
  addHouseholdVersions,
  addImport,
  addPeople,
  beginImport,
  findContentHashes,
  findKnownPeople,
  type NewHouseholdVersion,
  type NewPerson,
  readClock,
} from '../db/queries/household-imports.ts'
import { type Household, type PersonIdentity, parseHousehold } from '../domain/household.ts'
import { deriveKey, type IdentityHasher } from '../domain/identity-hash.ts'
import { foldName } from '../domain/person-name.ts'
import { type ErrorCode, HeduiError } from '../errors.ts'
import type { IdentityVault } from './identity-vault.ts'
import { readLines } from './read-lines.ts'

export interface ImportRequest {
  /** The file's path, or the lines themselves. */
  readonly file: string | Iterable<string>
  /** From when the versions hold. */
  readonly asOf: string
  readonly actor: string
  /** Whether a number may come back under another name: the register then takes the new one. */
  readonly allowRenames?: boolean
}

/** A line, or a field of one, that was not taken. */
export interface Refusal {
  readonly line: number
  readonly code: ErrorCode
  readonly field: string | null
  readonly message: string
}

export interface ImportReport {
  readonly import: string
  readonly asOf: string
  readonly lines: number
  readonly imported: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: number
  /** The first thousand. */
  readonly refusals: readonly Refusal[]
}

export interface ImportContext {
  readonly database: Database
  readonly hasher: IdentityHasher
  readonly vault: IdentityVault
  readonly secret: Buffer
  /** Ids of the adapters, which authorizations may name. */
  readonly sources: readonly string[]
  /** Whether this is the demonstration's own import: anything else makes the database more than a demonstration. */
  readonly demo?: boolean
  now(): Date
}

const BATCH = 500
const SHOWN_REFUSALS = 1000

/**
 * Imports a households file (design §5), streamed, in one transaction: good lines are taken, refused ones reported with
 * line and field, a crash leaves nothing. A household that is in the register already becomes a new version; one that
 * is the same as the version of that day is left as it is.
 */
export async function importHouseholds(
  context: ImportContext,
  request: ImportRequest,
  progress: (lines: number) => void = () => {},
): Promise<ImportReport> {
  const { database } = context
  const importId = randomUUIDv7()
  const report = await inTransaction(database, async (client) => {
    await beginImport(client)
    const session = new ImportSession(context, request, client, importId)
    let line = 0
    for await (const text of linesOf(request.file)) {
      line++
      if (text.trim() !== '') await session.take(text, line)
      if (line % BATCH === 0) progress(line)
    }
    await session.flush()
    const fileName = typeof request.file === 'string' ? basename(request.file) : 'request'
    const { asOf: validFrom, actor } = request
    await addImport(client, { id: importId, fileName, validFrom, actor, at: context.now() })
    progress(line)
    return session.report()
  })
  if (!context.demo) await endDemo(database)
  return report
}

async function* linesOf(file: string | Iterable<string>): AsyncGenerator<string> {
  if (typeof file !== 'string') yield* file
  else yield* readLines(createReadStream(file), file)
}

interface Taken {
  readonly line: number
  readonly household: Household
  readonly version: NewHouseholdVersion
  readonly people: readonly NewPerson[]
}

/** The state of one import: what is read and not yet written, and the counts. */
class ImportSession {
  #context: ImportContext
  #request: ImportRequest
  #client: pg.ClientBase
  #importId: string
  #contentKey: Buffer
  #seen = new Set<string>()
  #batch: Taken[] = []
  #counts = { lines: 0, imported: 0, updated: 0, unchanged: 0, refused: 0 }
  #refusals: Refusal[] = []

  constructor(context: ImportContext, request: ImportRequest, client: pg.ClientBase, importId: string) {
    this.#context = context
    this.#request = request
    this.#client = client
    this.#importId = importId
    this.#contentKey = deriveKey(context.secret, 'household content')
  }

  async take(text: string, line: number): Promise<void> {
    this.#counts.lines++
    try {
      const value = parseJson(text)
      const household = parseHousehold(value, this.#context.sources)
      if (this.#seen.has(household.facts.id)) {
        throw new HeduiError('INPUT_DUPLICATE', 'stands in the file already', { path: 'id' })
      }
      this.#seen.add(household.facts.id)
      this.#batch.push(this.#prepare(household, value, line))
    } catch (error) {
      if (!(error instanceof HeduiError)) throw error
      this.#refuse(line, error)
    }
    if (this.#batch.length >= BATCH) await this.flush()
  }

  #refuse(line: number, error: HeduiError): void {
    this.#counts.refused++
    for (const { code, place, message } of [error, ...error.others]) {
      if (this.#refusals.length >= SHOWN_REFUSALS) return
      this.#refusals.push({ line, code, field: place.path || null, message })
    }
  }

  #prepare(household: Household, value: unknown, line: number): Taken {
    const { hasher, vault } = this.#context
    const people = household.people.map(({ facts, identity }) => ({
      facts,
      personHash: personHash(hasher, identity, `${household.facts.id}|${facts.id}`),
      nameHash: hasher.name(foldName(identity.name)),
      hasNumber: identity.hasNumber,
      sealed: vault.seal({ name: identity.name, idType: identity.idType, number: identity.number }),
    }))
    const contentHash = createHmac('sha256', this.#contentKey).update(canonicalize(value)!).digest().subarray(0, 16)
    const version = {
      householdId: household.facts.id,
      versionId: randomUUIDv7(),
      region: household.facts.region,
      contentHash,
      facts: household.facts,
      sealedAddress: vault.seal(household.address),
      people: people.map(({ sealed: _, ...person }) => person),
    }
    return { line, household, version, people }
  }

  /** Writes what is gathered: refuses numbers known under another name, leaves out what has not changed. */
  async flush(): Promise<void> {
    const batch = this.#batch
    this.#batch = []
    if (batch.length === 0) return
    const known = await findKnownPeople(
      this.#client,
      batch.flatMap(({ people }) => people.map((person) => person.personHash)),
    )
    const names = new Map([...known].map(([hash, { nameHash }]) => [hash, nameHash]))
    const sound = batch.filter((taken) => this.#namesAgree(taken, names))
    const contents = await findContentHashes(
      this.#client,
      sound.map(({ version }) => version.householdId),
      this.#request.asOf,
    )
    const changed = sound.filter(({ version }) => {
      const before = contents.get(version.householdId)
      const same = before?.contentHash?.equals(version.contentHash) ?? false
      this.#counts[same ? 'unchanged' : before ? 'updated' : 'imported']++
      return !same
    })
    const people = new Map(
      sound.flatMap((taken) => taken.people.map((person) => [person.personHash.toString('hex'), person])),
    )
    const { asOf, allowRenames = false } = this.#request
    const now = await readClock(this.#client)
    await addPeople(this.#client, [...people.values()], { now, renames: allowRenames })
    await addHouseholdVersions(
      this.#client,
      { importId: this.#importId, validFrom: asOf, now, known },
      changed.map(({ version }) => version),
    )
  }

  #namesAgree({ line, people }: Taken, names: Map<string, Buffer>): boolean {
    const conflicts = people.flatMap((person, i) => {
      const known = names.get(person.personHash.toString('hex'))
      return known && !known.equals(person.nameHash) && !this.#request.allowRenames ? [i] : []
    })
    if (conflicts.length === 0) {
      for (const person of people) names.set(person.personHash.toString('hex'), person.nameHash)
      return true
    }
    const [first, ...others] = conflicts.map(
      (i) =>
        new HeduiError('INPUT_NAME_CONFLICT', 'the register knows this number under another name', {
          path: `people.${i}.idNumber`,
        }),
    )
    this.#refuse(line, new HeduiError(first!.code, first!.message, { ...first!.place, others }))
    return false
  }

  report(): ImportReport {
    const { lines, imported, updated, unchanged, refused } = this.#counts
    const refusals = this.#refusals.toSorted((a, b) => a.line - b.line)
    return { import: this.#importId, asOf: this.#request.asOf, lines, imported, updated, unchanged, refused, refusals }
  }
}

/**
 * The hash under which the register keeps a person: of the number where there is one, else of the other document, else
 * of the person's place in the household.
 */
export function personHash(hasher: IdentityHasher, identity: PersonIdentity, place: string): Buffer {
  if (identity.hasNumber) return hasher.number(identity.number!)
  return identity.number === null ? hasher.document('none', place) : hasher.document(identity.idType, identity.number)
}

function parseJson(text: string): unknown {
  if (text.includes('\uFFFD')) throw new HeduiError('INPUT_INVALID', 'holds bytes that are not UTF-8, or U+FFFD')
  try {
    return JSON.parse(text)
  } catch {
    // JSON.parse quotes the text in its message; a line holds a person's data.
    throw new HeduiError('INPUT_JSON', 'is not JSON')
  }
}
