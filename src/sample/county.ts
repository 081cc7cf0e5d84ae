import type { Source } from './assumptions.ts'
import { bankAssetsOf, strangerAssets } from './bank-assets.ts'
import { deliver } from './deliver.ts'
import type { Holding } from './holding.ts'
import type { Household } from './household.ts'
import { planHouseholds } from './household-plan.ts'
import { createHouseholdMaker } from './households.ts'
import { householdLine } from './households-file.ts'
import { incomesOf, strangerIncomes } from './incomes.ts'
import type { Layout, Row } from './layout.ts'
import { bankLayout, propertyLayout, socialInsuranceLayout, taxLayout, vehicleLayout } from './layouts.ts'
import { createPeopleMaker, type Owner } from './people.ts'
import { createRandom, type Random, STREAM } from './prng.ts'
import { propertiesOf, strangerProperties } from './properties.ts'
import type { RowFile } from './row-files.ts'
import { createShuffle, type Shuffle } from './shuffle.ts'
import { socialInsuranceOf, strangerSocialInsurance } from './social-insurance.ts'
import type { Truth } from './truth.ts'
import { strangerVehicles, vehiclesOf } from './vehicles.ts'

/** People of no household for each person of one. */
const STRANGERS_A_PERSON = 3
/** Rows that wait to be mixed, for each file. */
const POOL = 20_000

export interface CountyOptions {
  readonly seed: number
  readonly households: number
  readonly asOf: string
  readonly defects: number
  readonly drawnOn: Readonly<Record<Source, string>>
}

export interface County {
  /** The lines of households.ndjson; the rows of each household and its strangers go to the files on the way. */
  households(): Generator<string>
  /** Writes the rows of a source that still wait. */
  finish(source: Source): void
  counts(): { people: number; strangers: number }
}

/** How one source's holdings come about and reach its file. */
interface Feed {
  household(random: Random, delivery: Random, household: Household): void
  stranger(random: Random, delivery: Random, owner: Owner): void
}

/** A county in the making: households in their order, their rows mixed into the files, what must come out into `truth`. */
export function createCounty(options: CountyOptions, files: Readonly<Record<Source, RowFile>>, truth: Truth): County {
  const { seed, asOf, defects, drawnOn } = options
  const shuffles = {} as Record<Source, Shuffle<Row>>

  function feed<F>(
    layout: Layout<F>,
    order: number,
    own: (random: Random, household: Household, asOf: string) => Holding<F>[],
    strange: (random: Random, owner: Owner, asOf: string) => Holding<F>[],
  ): Feed {
    const { source } = layout
    const shuffle = createShuffle<Row>(createRandom(seed, STREAM.order, order), POOL, (row) =>
      truth.row(source, files[source].add(row), row),
    )
    shuffles[source] = shuffle
    const send = (delivery: Random, holdings: readonly Holding<F>[]) => {
      for (const holding of holdings) shuffle.add(deliver(delivery, layout, holding, drawnOn[source], defects))
    }
    return {
      household: (random, delivery, household) => send(delivery, own(random, household, asOf)),
      stranger: (random, delivery, owner) => send(delivery, strange(random, owner, asOf)),
    }
  }

  const feeds = [
    feed(vehicleLayout, 1, vehiclesOf, strangerVehicles),
    feed(propertyLayout, 2, propertiesOf, strangerProperties),
    feed(taxLayout, 3, incomesOf, strangerIncomes),
    feed(socialInsuranceLayout, 4, socialInsuranceOf, strangerSocialInsurance),
    feed(bankLayout, 5, bankAssetsOf, strangerAssets),
  ]
  const maker = createPeopleMaker(asOf)
  const makeHousehold = createHouseholdMaker(maker, asOf)
  let people = 0
  let strangers = 0

  function* households(): Generator<string> {
    let index = 0
    for (const plan of planHouseholds(seed, options.households)) {
      const household = makeHousehold(createRandom(seed, STREAM.household, index), index, plan)
      truth.household(household)
      const delivery = createRandom(seed, STREAM.delivery, index)
      const holdings = createRandom(seed, STREAM.holdings, index)
      for (const each of feeds) each.household(holdings, delivery, household)
      const strange = createRandom(seed, STREAM.strangers, index)
      const own = household.people.filter((person) => !person.elsewhere).length
      for (let i = 0; i < own * STRANGERS_A_PERSON; i++) {
        const owner = maker.stranger(strange)
        for (const each of feeds) each.stranger(strange, delivery, owner)
      }
      people += own
      strangers += own * STRANGERS_A_PERSON
      index++
      yield householdLine(household)
    }
  }

  return { households, finish: (source) => shuffles[source].drain(), counts: () => ({ people, strangers }) }
}
