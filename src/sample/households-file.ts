import { formatYuan } from '../domain/money.ts'
import { type Household, type HouseholdPerson, membersOf } from './household.ts'

function personJson(person: HouseholdPerson): object {
  return {
    id: person.id,
    role: person.role,
    relation: person.relation,
    name: person.owner.name,
    ...(person.passport && { idType: 'passport' }),
    idNumber: person.owner.idNumber,
    declared: {
      employment: person.employment,
      monthlyIncome: formatYuan(person.incomeFen),
      monthlyBenefits: formatYuan(person.benefitsFen),
    },
    disabled: person.disabled,
    seriousIllness: person.seriousIllness,
    vehicleExempt: person.vehicleExempt,
    authorization: person.authorization,
  }
}

/** The line of households.ndjson (design §5), with its line feed. */
export function householdLine(household: Household): string {
  const income = membersOf(household).reduce((sum, person) => sum + person.incomeFen, 0)
  const line = {
    id: household.id,
    scheme: household.scheme,
    region: household.region,
    category: household.category,
    grantedFrom: household.grantedFrom,
    monthlyBenefit: formatYuan(household.benefitFen),
    address: household.address,
    declared: {
      monthlyIncome: formatYuan(income),
      savings: formatYuan(household.savingsFen),
      vehicles: 0,
      dwellings: household.dwellings,
    },
    people: household.people.map(personJson),
  }
  return `${JSON.stringify(line)}\n`
}
