import type { Reader } from '../../db/connect.ts'
import { gatherVersions, type HouseholdVersion, type StoredHousehold } from '../../db/queries/households.ts'
import { findSealedAddress, findSealedPeople } from '../../db/queries/packets.ts'
import type { Household, HouseholdFacts, PersonFacts, PersonIdentity } from '../../domain/household.ts'
import { HeduiError } from '../../errors.ts'
import type { CaseContext } from './case-context.ts'

/** A version of a household with who its people are, as the register knows them now. */
export async function readHousehold(
  { vault }: Pick<CaseContext, 'vault'>,
  reader: Reader,
  version: HouseholdVersion,
): Promise<Household> {
  const [stored] = await gatherVersions(reader, [version])
  if (!stored) throw new HeduiError('INPUT_NOT_FOUND', `the register has no household ${version.householdId}`)
  const address = await findSealedAddress(reader, version)
  return {
    facts: stored.facts as HouseholdFacts,
    address: address ? (vault.open(address) as string | null) : null,
    people: await readPeople({ vault }, reader, stored),
  }
}

async function readPeople({ vault }: Pick<CaseContext, 'vault'>, reader: Reader, { people }: StoredHousehold) {
  const sealed = await findSealedPeople(
    reader,
    people.map(({ personHash }) => personHash),
  )
  return people.map(({ facts, personHash, hasNumber }) => {
    const own = sealed.get(personHash.toString('hex'))
    if (!own) throw new HeduiError('RECORD_MALFORMED', 'the register does not know a person of the household')
    return {
      facts: facts as PersonFacts,
      identity: { ...(vault.open(own) as Omit<PersonIdentity, 'hasNumber'>), hasNumber },
    }
  })
}

/** Who receives what is sent to a household: the applicant, else the first of its members. */
export function applicantOf(people: readonly Pick<PersonFacts, 'id' | 'role'>[]): string {
  const applicant = people.find(({ role }) => role === 'applicant') ?? people.find(({ role }) => role !== 'supporter')
  if (!applicant) throw new HeduiError('RECORD_MALFORMED', 'the household has no applicant and no member')
  return applicant.id
}
