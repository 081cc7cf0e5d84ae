/** A household as design §5 writes it, for tests to change. */

export const SOURCES = ['vehicle', 'property', 'tax', 'social-insurance', 'bank']
export const NUMBER = '369901197003070010'
export const OTHER_NUMBER = '11010519491231002X'

export const PERSON = {
  id: 'P1',
  role: 'applicant',
  relation: 'self',
  name: '王伟',
  idNumber: NUMBER,
  declared: { employment: 'unemployed', monthlyIncome: '0.00', monthlyBenefits: '0.00' },
  disabled: false,
  seriousIllness: false,
  vehicleExempt: false,
  authorization: { signedOn: '2026-01-05', endsOn: null, sources: SOURCES },
}

export const household = () =>
  structuredClone({
    id: 'H000001',
    scheme: 'urban-dibao',
    region: '369901003',
    category: 'A',
    grantedFrom: '2024-05',
    monthlyBenefit: '745.00',
    address: '云溪县',
    declared: { monthlyIncome: '800.00', savings: '3000.00', vehicles: 0, dwellings: 1 },
    people: [PERSON],
  })

/** The household after a change, which may make nonsense of it. */
// biome-ignore lint/suspicious/noExplicitAny: what a caller may send
export function changed(change: (h: any) => void): unknown {
  const value = household()
  change(value)
  return value
}

/** Puts a value at a path such as people.0.id, or takes away what is there where the value is undefined. */
export function put(object: unknown, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop()!
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, object as Record<string, unknown>)
  if (value === undefined) delete parent[last]
  else parent[last] = value
}
