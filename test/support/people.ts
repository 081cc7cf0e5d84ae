import { checkDigit } from '../../src/domain/id-number.ts'

export interface TestPerson {
  readonly name: string
  readonly idNumber: string
}

/** An invented person with a valid number; different sequences are different people. */
export function personOf(sequence: number, name: string): TestPerson {
  const first17 = `36990119700101${String(sequence).padStart(3, '0')}`
  return { name, idNumber: first17 + checkDigit(first17) }
}

export const WANG = personOf(1, '王守仁')
export const LI = personOf(2, '李友琴')
export const ZHAO = personOf(3, '赵清扬')
export const QIAN = personOf(4, '钱学海')
/** In no household of any test. */
export const STRANGER = personOf(900, '孙无忌')

export const ALL_SOURCES = ['vehicle', 'property', 'tax', 'social-insurance', 'bank'] as const

type Fields = Readonly<Record<string, unknown>>

/** A person of a household file (design §5), an unemployed applicant who has authorized everything unless told otherwise. */
export function memberOf(id: string, { name, idNumber }: TestPerson, more: Fields = {}): Record<string, unknown> {
  return {
    id,
    role: id === 'P1' ? 'applicant' : 'member',
    relation: id === 'P1' ? 'self' : 'spouse',
    name,
    idNumber,
    declared: { employment: 'unemployed', monthlyIncome: '0.00', monthlyBenefits: '0.00' },
    disabled: false,
    seriousIllness: false,
    vehicleExempt: false,
    authorization: { signedOn: '2026-01-05', endsOn: null, sources: [...ALL_SOURCES] },
    ...more,
  }
}

/** A household of a household file, urban, in the invented county 369901 unless told otherwise. */
export function householdOf(
  id: string,
  people: readonly Record<string, unknown>[],
  more: Fields = {},
): Record<string, unknown> {
  return {
    id,
    scheme: 'urban-dibao',
    region: '369901003',
    category: 'A',
    grantedFrom: '2024-05',
    monthlyBenefit: '745.00',
    address: '云溪县南沟乡1号',
    declared: { monthlyIncome: '800.00', savings: '3000.00', vehicles: 0, dwellings: 1 },
    people,
    ...more,
  }
}

/** An authorization with other fields than memberOf's. */
export const authorizationOf = (more: Fields) => ({
  authorization: { signedOn: '2026-01-05', endsOn: null, sources: [...ALL_SOURCES], ...more },
})
