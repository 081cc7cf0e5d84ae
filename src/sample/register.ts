import { strangerAssets } from './bank-assets.ts'
import { deliver } from './deliver.ts'
import type { Holding } from './holding.ts'
import { adultsOf } from './household.ts'
import { planHouseholds } from './household-plan.ts'
import { createHouseholdMaker } from './households.ts'
import { householdLine } from './households-file.ts'
import type { Layout, Row } from './layout.ts'
import { vehicleLayout } from './layouts.ts'
import { createPeopleMaker, type Owner } from './people.ts'
import { createRandom, type Random, STREAM } from './prng.ts'
import { bankTextLayout, type RegisterSource } from './register-layouts.ts'
import { strangerVehicles } from './vehicles.ts'

/** Of people with a thing, those with one more: 1 / (1 - 0.18) things and, with corrections, 1.3 rows a person. */
const ONE_MORE = 0.18
/** Rows of one person of the households on average. */
export const ROWS_A_PERSON = 1.3

export interface RegisterOptions {
  readonly source: RegisterSource
  readonly seed: number
  readonly rows: number
  /** Share of rows that belong to people of the households, 0 to 1. */
  readonly known: number
  readonly households: number
  /** Share of rows with a defect. */
  readonly defects: number
  /** The check date, and the date on which the source was drawn. */
  readonly asOf: string
  readonly drawnOn: string
}

export interface Register {
  readonly layout: Pick<Layout<never>, 'file' | 'columns' | 'source'>
  /** The rows, those of one person together, exactly as many as asked for. */
  groups(): Generator<readonly Row[]>
  /** Rows so far of people of the households. */
  knownRows(): number
}

type Make = (random: Random, owner: Owner) => Row[]

/** Asks for things of a person until there is one: who stands in a register has one. */
function one<F>(draw: () => readonly Holding<F>[]): Holding<F> {
  for (;;) {
    const [holding] = draw()
    if (holding) return holding
  }
}

function rowMaker<F>(
  layout: Layout<F>,
  { drawnOn, defects, asOf }: RegisterOptions,
  draw: (random: Random, owner: Owner, asOf: string) => readonly Holding<F>[],
): Make {
  return (random, owner) => {
    const rows: Row[] = []
    do
      rows.push(
        ...deliver(
          random,
          layout,
          one(() => draw(random, owner, asOf)),
          drawnOn,
          defects,
        ),
      )
    while (random.chance(ONE_MORE))
    return rows
  }
}

/**
 * A register of one source in the making, one person after the other. People of the households come in their order,
 * spread evenly over the register: nothing is kept but the household they are taken from. `line` gets the lines of
 * households.ndjson.
 */
export function createRegister(options: RegisterOptions, line: (text: string) => void): Register {
  const { source, seed, rows, asOf, households } = options
  const make =
    source === 'vehicle'
      ? rowMaker(vehicleLayout, options, strangerVehicles)
      : rowMaker(bankTextLayout, options, strangerAssets)
  const random = createRandom(seed, STREAM.strangers)
  const maker = createPeopleMaker(asOf)
  const nextKnown = households > 0 ? knownPeople({ seed, households, asOf }, maker, line) : null
  const wanted = Math.round(rows * options.known)
  let knownRows = 0

  function* groups(): Generator<readonly Row[]> {
    for (let made = 0; made < rows; ) {
      const isKnown = nextKnown !== null && knownRows < (wanted * (made + 1)) / rows && knownRows < wanted
      const owner = isKnown ? nextKnown(Math.floor((households * knownRows) / wanted)) : maker.stranger(random)
      const group = make(random, owner).slice(0, isKnown ? wanted - knownRows : rows - made)
      made += group.length
      if (isKnown) knownRows += group.length
      yield group
    }
    nextKnown?.(households - 1)
  }

  return {
    layout: source === 'vehicle' ? vehicleLayout : bankTextLayout,
    groups,
    knownRows: () => knownRows,
  }
}

/**
 * Gives the adults of the household at a place one after the other, making and telling all households up to it. Places
 * never go back.
 */
function knownPeople(
  { seed, households, asOf }: { seed: number; households: number; asOf: string },
  maker: ReturnType<typeof createPeopleMaker>,
  line: (text: string) => void,
): (place: number) => Owner {
  const make = createHouseholdMaker(maker, asOf)
  const plans = planHouseholds(seed, households)
  let made = 0
  let adults: readonly Owner[] = []
  let turn = 0
  return (place) => {
    for (; made <= place; made++) {
      const household = make(createRandom(seed, STREAM.household, made), made, plans.next().value!)
      line(householdLine(household))
      adults = adultsOf(household).map(({ owner }) => owner)
      turn = 0
    }
    return adults[turn++ % adults.length]!
  }
}
