import t from 'tap'
import { RECORD_TYPES } from '../../src/domain/record-types.ts'
import {
  CelHousehold,
  type CelPerson,
  HOUSEHOLD_FIELDS,
  PERSON_FIELDS,
  RECORD_CLASSES,
  SUPPORT_FIELDS,
} from '../../src/rules/cel-environment.ts'
import { viewDossier } from '../../src/rules/dossier-view.ts'
import { knowField } from '../../src/rules/lint/field-knowledge.ts'
import { dossier, person } from './dossiers.ts'

const FACTS = { Household: HOUSEHOLD_FIELDS, Person: PERSON_FIELDS, Support: SUPPORT_FIELDS }

t.test('every number that rules can read has a unit', async (t) => {
  const without: string[] = []
  const look = (type: string, field: string) => {
    const value = knowField(type, field)?.value
    if (value?.kind === 'number' && value.units === null) without.push(`${type}.${field}`)
    if (value === undefined) without.push(`${type}.${field} is not known`)
  }
  for (const [type, fields] of Object.entries(FACTS)) for (const field of Object.keys(fields)) look(type, field)
  for (const [name, { fields }] of Object.entries(RECORD_TYPES)) {
    const { typeName } = RECORD_CLASSES[name as keyof typeof RECORD_CLASSES]
    for (const field of [...Object.keys(fields), 'person', 'role', 'key', 'asOf']) look(typeName, field)
  }
  t.same(without, [])
})

t.test('the fields called optional are those that a household may leave out', async (t) => {
  const nothing = {
    householdSize: 1,
    othersIncome12Months: 0,
    supported: 1,
    children: 1,
    judgedMonthly: null,
    paidMonthly: null,
    noAbility: null,
  }
  const bare = viewDossier(
    dossier({
      household: { category: null, grantedFrom: null, monthlyBenefit: null },
      people: [
        person({ birthDate: null, hasNumber: false }),
        person({ id: 'P2', role: 'supporter', support: nothing }),
      ],
    }),
  )
  const [first, second] = bare.people as [CelPerson, CelPerson]
  const support = (second as unknown as { support: object }).support
  const absent = (type: keyof typeof FACTS, object: object) =>
    Object.keys(FACTS[type])
      .filter((field) => !(field in object) && field !== 'otherSchemes')
      .sort()
  const optional = (type: keyof typeof FACTS) =>
    Object.keys(FACTS[type])
      .filter((field) => knowField(type, field)?.optional)
      .sort()
  t.same(absent('Household', bare.household), optional('Household'))
  t.same(absent('Person', first), optional('Person'))
  t.same(absent('Support', support), optional('Support'))
  t.ok(bare.household instanceof CelHousehold)
})
