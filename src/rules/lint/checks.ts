import type { Check } from './check.ts'
import { authority } from './checks/authority.ts'
import { averagedAmount } from './checks/averaged-amount.ts'
import { fallibleCalls } from './checks/fallible-calls.ts'
import { forbiddenAttribute } from './checks/forbidden-attribute.ts'
import { literalMoney } from './checks/literal-money.ts'
import { missingExamples } from './checks/missing-examples.ts'
import { windowForm, windowTooLong } from './checks/month-windows.ts'
import { needlessHas, optionalFields } from './checks/optional-fields.ts'
import { parameterPeriods } from './checks/parameter-periods.ts'
import { shownEvidence } from './checks/shown-evidence.ts'
import { rebuttalKinds, toldReason } from './checks/told-to-people.ts'
import { unknownWords } from './checks/unknown-words.ts'
import { unlikeDates } from './checks/unlike-dates.ts'
import { unlikeUnits } from './checks/unlike-units.ts'
import { unreachableApplies, unreachableWarning } from './checks/unreachable.ts'
import { unusedLet, unusedParameter, unusedSource } from './checks/unused-parts.ts'

/** Every check, in the order of README.md. */
export const CHECKS: readonly Check[] = [
  forbiddenAttribute,
  unlikeUnits,
  averagedAmount,
  unlikeDates,
  unknownWords,
  literalMoney,
  authority,
  windowTooLong,
  windowForm,
  optionalFields,
  needlessHas,
  fallibleCalls,
  missingExamples,
  unreachableApplies,
  unreachableWarning,
  parameterPeriods,
  shownEvidence,
  toldReason,
  rebuttalKinds,
  unusedLet,
  unusedSource,
  unusedParameter,
]
