import canonicalize from 'canonicalize'
import { PROTECTIONS } from '../domain/case/words.ts'
import { dateInChina } from '../domain/dates.ts'
import type { PersonFacts, PersonIdentity } from '../domain/household.ts'
import { rebuttalKinds } from '../domain/rebuttal-kinds.ts'
import { describeSchemaErrors } from '../domain/schema-errors.ts'
import { HeduiError } from '../errors.ts'
import { cutReplay, recordsRead } from './cut-replay.ts'
import { maskIdNumber, maskName } from './mask-text.ts'
import { createValueMasks } from './mask-values.ts'
import type { Packet, PacketPerson, PacketSource, PacketWarning } from './packet.ts'
import type { PacketInput, PacketInputSource, PacketInputWarning, PacketRule } from './packet-input.ts'
import { packetValidator } from './packet-schema.ts'

export type { PacketInput, PacketInputSource, PacketInputWarning, PacketRule }

/**
 * A packet from what a run found and people confirmed. Pure: the same input in another order gives the same packet, byte
 * for byte. Names but the addressee's, identity numbers and accounts are masked. Throws HeduiError STATE_NOT_REPLAYED
 * where the input does not hold what a warning rests on.
 */
export function assemblePacket(input: PacketInput): Packet {
  requireWhole(input)
  const { id, caseId, number, issued, household, dossier, run, ruleSet, procedure, chain } = input
  const { facts } = household
  const on = dateInChina(new Date(issued.at))
  const records = recordsRead(input)
  const masks = createValueMasks(
    records,
    input.sources,
    household.people.flatMap(({ identity }) => identity.number ?? []),
  )
  const addressee = identityOf(input, input.addressee)
  const packet: Omit<Packet, 'addressee' | 'replay'> = {
    format: 'hedui-packet/1',
    id,
    caseId,
    number,
    title: titleOf({ caseId, number, year: on.slice(0, 4), region: facts.region }),
    issued: { at: issued.at, on, by: issued.by },
    household: {
      id: facts.id,
      scheme: facts.scheme,
      region: facts.region,
      category: facts.category,
      size: dossier.people.filter(({ role }) => role !== 'supporter').length,
      address: household.address,
    },
    people: dossier.people.map((person) => personOf(input, person)),
    check: { run, asOf: dossier.asOf, ruleSet: ruleSet.version },
    sources: sourcesOf(input),
    warnings: [...input.warnings]
      .sort((a, b) => placeOf(a) - placeOf(b))
      .map((warning) => warningOf(warning, ruleSet.inForceFrom)),
    answer: {
      workingDays: procedure.rebuttalDays,
      extensionDays: procedure.extensionDays,
      office: procedure.offices.asks,
    },
    review: {
      calendarDays: procedure.reviewCalendarDays,
      office: procedure.offices.review,
      suitMonths: procedure.suitMonths,
      court: procedure.offices.court,
    },
    legal: procedure.legalBasis
      .filter(({ use }) => use.includes('packet'))
      .map(({ id, authority, text }) => ({ id, authority, text })),
    chain,
  }
  const whole: Packet = {
    ...(mapTexts(packet, masks.text) as typeof packet),
    addressee: { person: input.addressee, name: addressee.name.toWellFormed() },
    replay: cutReplay(input, records, masks),
  }
  // As it will be read: what is not there is left out, and nothing is shared with the input.
  return requireForm(JSON.parse(canonicalize(whole)!))
}

/** "核告〔2026〕369901-1A2B3C4D-1": year, county, the last digits of the case, number within the case. */
function titleOf({ caseId, number, year, region }: { caseId: string; number: number; year: string; region: string }) {
  return `核告〔${year}〕${region.slice(0, 6)}-${caseId.slice(-8).toUpperCase()}-${number}`
}

/** Of "W12", 12. */
const placeOf = ({ id }: PacketInputWarning) => Number(id.slice(1))

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function identityOf({ household }: PacketInput, id: string): PersonIdentity {
  const person = household.people.find(({ facts }) => facts.id === id)
  if (!person) throw refuse(`the household has no person ${id}`)
  return person.identity
}

function personOf(input: PacketInput, { id, role, relation, authorization }: PersonFacts): PacketPerson {
  const { name, number } = identityOf(input, id)
  const why = input.protections.filter(({ person }) => person === id).flatMap((each) => each.why)
  return {
    id,
    role,
    relation,
    name: id === input.addressee ? name : maskName(name),
    idNumber: number === null ? null : maskIdNumber(number),
    protected: PROTECTIONS.filter((each) => why.includes(each)),
    authorization: authorization && { ...authorization, sources: [...authorization.sources].sort() },
  }
}

/** The sources that the warned rules read, in the order of their ids. */
function sourcesOf({ warnings, sources, dossier, deliveries }: PacketInput): PacketSource[] {
  const read = [...new Set(warnings.flatMap(({ rule }) => rule.definition.sources))].sort()
  return read.map((source) => {
    const { title, owner, trust } = sources.find((each) => each.source === source)!
    const use = dossier.sources.find((each) => each.source === source)
    return {
      source,
      title,
      owner,
      trust,
      state: use?.state ?? 'missing',
      asOf: use?.asOf ?? null,
      deliveries: deliveries
        .filter((each) => each.source === source)
        .map(({ id, asOf, fileName, sha256, rows, publishedAt }) => ({ id, asOf, fileName, sha256, rows, publishedAt }))
        .sort((a, b) => compareText(a.asOf, b.asOf) || compareText(a.id, b.id)),
    }
  })
}

function warningOf(
  { id, rule, result, trace, page, confirmed, confirmations }: PacketInputWarning,
  inForceFrom: string | null,
): PacketWarning {
  const { title, basis, authority, rebuttal } = rule.definition
  const accepts = rebuttalKinds(rebuttal.accepts)
  return { id, title, basis, authority, inForceFrom, result, trace, page, accepts, confirmed, confirmations }
}

/** A value with every text in it, however deep, replaced; the names of fields stay. */
function mapTexts(value: unknown, map: (text: string) => string): unknown {
  // Half a character cannot be written as UTF-8.
  if (typeof value === 'string') return map(value.toWellFormed())
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapTexts(each, map)]))
}

const refuse = (message: string) => new HeduiError('STATE_NOT_REPLAYED', `the packet is not whole: ${message}`)

/** What is issued must be readable by whoever goes by the published schema. */
function requireForm(packet: unknown): Packet {
  const validate = packetValidator()
  if (validate(packet)) return packet
  const [first] = describeSchemaErrors(validate.errors)
  throw refuse(`${first!.path.join('.')} ${first!.message}`)
}

/** Each warning has its trace, and each piece of evidence its record, its source and its delivered file. */
function requireWhole({ warnings, dossier, sources, deliveries }: PacketInput): void {
  if (warnings.length === 0) throw refuse('it has no warning')
  for (const { id, rule, result, trace } of warnings) {
    if (result.outcome !== 'warned') throw refuse(`${id} is not warned`)
    if (result.rule !== rule.definition.id || trace.rule !== result.rule || trace.person !== result.person)
      throw refuse(`the rule or the trace of ${id} is of another warning`)
    for (const source of rule.definition.sources)
      if (!sources.some((each) => each.source === source)) throw refuse(`nothing is said of the source ${source}`)
    for (const { source, delivery, row, person } of result.evidence) {
      const at = `row ${row} of ${source}`
      const isIt = (each: { source: string; delivery: string; row: number; person: string }) =>
        each.source === source && each.delivery === delivery && each.row === row && each.person === person
      if (!dossier.records.some(isIt)) throw refuse(`${id} rests on ${at}, which the dossier does not hold`)
      if (!deliveries.some((each) => each.source === source && each.id === delivery))
        throw refuse(`${id} rests on ${at}, of whose delivery nothing is said`)
    }
  }
}
