/** The states of a case in which the agency has to act, each with a limit of its own. */
export const WAITING_STATES = [
  'drafted',
  'confirmed',
  'undeliverable',
  'rebutted',
  'unanswered',
  'paused',
  'decided',
] as const
export type WaitingState = (typeof WAITING_STATES)[number]

/** Where a figure comes from: a legal text, a choice of this program with its reason, or the invented sample county. */
export const BASES = ['law', 'chosen', 'invented'] as const
export type Basis = (typeof BASES)[number]

/** Where a text of law may stand: in the packet, in the notice of any outcome, in that of a recovery alone. */
export const LEGAL_USES = ['packet', 'outcome', 'recovery'] as const
export type LegalUse = (typeof LEGAL_USES)[number]

/** An office as a notice names it; null is what the region has not said. */
export interface Office {
  readonly name: string
  readonly address: string | null
  readonly phone: string | null
  readonly hours: string | null
}

export const OFFICES = ['asks', 'review', 'court'] as const
export type OfficeName = (typeof OFFICES)[number]

export interface StateLimit {
  /** Working days in the state after which the case goes to a superior. */
  readonly escalateDays: number
  /** Working days in the state, from its start too, after which the case lapses in the household's favor. */
  readonly lapseDays: number
}

export interface LegalText {
  readonly id: string
  /** Law and article. */
  readonly authority: string
  /** The article's own words. */
  readonly text: string
  readonly use: readonly LegalUse[]
}

/** Where a figure of a procedure stands, and why it is what it is. */
export interface FigureSource {
  /** The region of the profile that gives it; "" is the national one. */
  readonly region: string
  readonly basis: Basis
  /** The article, or for what was chosen the sentence why. */
  readonly authority: string
}

/** Time limits, offices and texts of one region. */
export interface Procedure {
  /** The longest prefix of the region's code that has a profile; "" where only the national one applies. */
  readonly region: string
  /** Working days for a rebuttal, from the day after service. */
  readonly rebuttalDays: number
  /** Working days by which that can be extended, at most. */
  readonly extensionDays: number
  /** Working days from the expiry within which the household is contacted in a second way. */
  readonly secondContactDays: number
  /** Calendar days for 行政复议 against a decision. */
  readonly reviewCalendarDays: number
  /** Months for 行政诉讼 against a decision. */
  readonly suitMonths: number
  /** Years for which a closed case is kept. */
  readonly recordYears: number
  readonly offices: Readonly<Record<OfficeName, Office>>
  readonly limits: Readonly<Record<WaitingState, StateLimit>>
  readonly precision: {
    /** Percent of right warnings below which a rule stops issuing packets. */
    readonly floorPercent: number
    /** Decided warnings below which nothing is concluded. */
    readonly leastDecided: number
    /** How many of the latest decided warnings are looked at. */
    readonly window: number
  }
  /** In the order of the national profile, then of the others. */
  readonly legalBasis: readonly LegalText[]
  /** By the figure's path: "rebuttalDays", "limits.drafted.lapseDays", "precision.window". */
  readonly sources: Readonly<Record<string, FigureSource>>
}

export interface Figure extends Omit<FigureSource, 'region'> {
  readonly value: number
}

/** Fields of a profile that are one figure each. */
export const SINGLE_FIGURES = [
  'rebuttalDays',
  'extensionDays',
  'secondContactDays',
  'reviewCalendarDays',
  'suitMonths',
  'recordYears',
] as const
export const PRECISION_FIGURES = ['floorPercent', 'leastDecided', 'window'] as const
export const LIMIT_FIGURES = ['escalateDays', 'lapseDays'] as const

/** What one file says for its region; the national one says all, the others what differs. */
export interface ProcedureProfile extends Partial<Record<(typeof SINGLE_FIGURES)[number], Figure>> {
  readonly region: string
  readonly offices?: Partial<Record<OfficeName, Office>>
  readonly limits?: Partial<Record<WaitingState, Partial<Record<keyof StateLimit, Figure>>>>
  readonly precision?: Partial<Record<(typeof PRECISION_FIGURES)[number], Figure>>
  readonly legalBasis?: readonly LegalText[]
}

/** All profiles, of which that of the region "" is complete. */
export type Procedures = readonly ProcedureProfile[]

/**
 * The procedure of a region: the national profile, over which those of ever longer prefixes of the region's code are laid
 * field by field (province, city, county). An office and a legal text are replaced whole; texts go by their id.
 */
export function procedureOf(profiles: Procedures, region: string): Procedure {
  const layers = profiles
    .filter((profile) => region.startsWith(profile.region))
    .sort((a, b) => a.region.length - b.region.length)
  const sources: Record<string, FigureSource> = {}
  const figure = (path: string, read: (layer: ProcedureProfile) => Figure | undefined): number => {
    const layer = layers.findLast((each) => read(each) !== undefined)
    if (!layer) throw new RangeError(`no profile gives ${path}: the national one is not complete`)
    const { value, basis, authority } = read(layer)!
    sources[path] = { region: layer.region, basis, authority }
    return value
  }
  const figures = <Name extends string>(
    names: readonly Name[],
    prefix: string,
    read: (layer: ProcedureProfile) => Partial<Record<Name, Figure>> | undefined,
  ) =>
    Object.fromEntries(
      names.map((name) => [name, figure(`${prefix}${name}`, (layer) => read(layer)?.[name])]),
    ) as Record<Name, number>
  const limits = Object.fromEntries(
    WAITING_STATES.map((state) => [
      state,
      figures(LIMIT_FIGURES, `limits.${state}.`, (layer) => layer.limits?.[state]),
    ]),
  ) as Record<WaitingState, StateLimit>
  const offices = Object.assign({}, ...layers.map((layer) => layer.offices)) as Procedure['offices']
  const texts = new Map(layers.flatMap(({ legalBasis = [] }) => legalBasis.map((text) => [text.id, text] as const)))
  return {
    region: layers.at(-1)?.region ?? '',
    ...figures(SINGLE_FIGURES, '', (layer) => layer),
    offices,
    limits,
    precision: figures(PRECISION_FIGURES, 'precision.', (layer) => layer.precision),
    legalBasis: [...texts.values()],
    sources,
  }
}

/** What a notice must name and the region has not said ("asks.phone", …): a notice that lacks it helps nobody. */
export function missingOffices({ offices }: Pick<Procedure, 'offices'>): string[] {
  return OFFICES.flatMap((office) =>
    (['address', 'phone'] as const)
      .filter((field) => offices[office][field] === null)
      .map((field) => `${office}.${field}`),
  )
}
