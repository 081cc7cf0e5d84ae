import { RULES, type Rule } from './assumptions.ts'
import { createRandom, type Random, STREAM } from './prng.ts'

/** How a household is made to stand to a rule: just or far over its limit, or exactly at it. */
export type Aim = 'just-over' | 'over' | 'at'

/** Why some results of a household cannot be known. */
export type Gap = 'source-not-named' | 'ended' | 'not-yet-signed' | 'passport'

export interface HouseholdPlan {
  readonly aims: ReadonlyMap<Rule, Aim>
  readonly gap: Gap | null
}

/** Households in a block of which these numbers are made to warn, to be at a limit, to have a gap. */
const BLOCK = 100
const WARNED = 17
const AT_LIMIT = 9
const GAPS = 4

type Label = 'warned' | 'at-limit' | 'gap' | 'plain'

/** Shares hold in every block, so that a county of any size has its part; labels are shuffled within the block. */
function labels(random: Random, size: number): readonly (readonly [Label, number])[] {
  const count = (of: number) => Math.ceil((of * size) / BLOCK)
  const list: [Label, number][] = []
  const add = (label: Label, times: number) => {
    for (let i = 0; i < times && list.length < size; i++) list.push([label, i])
  }
  add('warned', count(WARNED))
  add('at-limit', count(AT_LIMIT))
  add('gap', count(GAPS))
  add('plain', size)
  return random.shuffled(list)
}

/** The applicant carries the person rules, and is either employed or not. */
function goTogether(one: Rule, other: Rule): boolean {
  const ofPersons = (rule: Rule) => rule === 'contributions' || rule === 'benefits'
  const ofWorkers = (rule: Rule) => rule === 'wage-below-minimum'
  return one !== other && !(ofPersons(one) && ofWorkers(other)) && !(ofPersons(other) && ofWorkers(one))
}

const GAP_KINDS: readonly Gap[] = ['source-not-named', 'ended', 'not-yet-signed', 'passport']

function planOf(random: Random, [label, place]: readonly [Label, number], block: number): HouseholdPlan {
  const aims = new Map<Rule, Aim>()
  const overAim = () => (random.chance(0.6) ? 'just-over' : 'over')
  // Rules take turns, over all blocks, so that each has its share in a county of any size.
  if (label === 'warned') {
    aims.set(RULES[(block * WARNED + place) % RULES.length]!, overAim())
    if (random.chance(0.25)) {
      const second = random.pick(RULES)
      if (goTogether(second, [...aims.keys()][0]!)) aims.set(second, random.chance(0.7) ? overAim() : 'at')
    }
  }
  if (label === 'at-limit') aims.set(RULES[(block * AT_LIMIT + place) % RULES.length]!, 'at')
  const gap = label === 'gap' ? GAP_KINDS[(block + place) % GAP_KINDS.length]! : null
  // Over the limit, and nobody may look: must come out unverifiable, not warned.
  if (gap && gap !== 'passport' && random.chance(0.35)) aims.set('deposits', overAim())
  return { aims, gap }
}

/** The plans of households 0, 1, 2, … of a county of this size. */
export function* planHouseholds(seed: number, households: number): Generator<HouseholdPlan> {
  for (let block = 0; block * BLOCK < households; block++) {
    const random = createRandom(seed, STREAM.plan, block)
    const size = Math.min(BLOCK, households - block * BLOCK)
    for (const label of labels(random, size)) yield planOf(random, label, block)
  }
}
