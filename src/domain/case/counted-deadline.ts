import {
  addWorkingDays,
  type Count,
  type Deadline,
  rollToWorkday,
  settleDeadline,
  type WorkingCalendar,
} from '../working-days.ts'

/** A last day with what it was counted from, as a case keeps it. */
export interface CountedDeadline extends Deadline, Count {}

/** The last of some working days after a day, with what it was counted from. */
export function countDeadline(calendar: WorkingCalendar, from: string, workingDays: number): CountedDeadline {
  return { from, workingDays, ...addWorkingDays(calendar, from, workingDays) }
}

/** A kept deadline by the calendar that is known now: the same or later, never earlier than what was told. */
export function settleCounted(kept: CountedDeadline, calendar: WorkingCalendar): CountedDeadline {
  const { from, workingDays } = kept
  return { from, workingDays, ...settleDeadline(kept, calendar, kept) }
}

/** A deadline that does not end before a day that the household was told already. */
export function notBefore(told: string | null, deadline: CountedDeadline, calendar: WorkingCalendar): CountedDeadline {
  if (told === null || told <= deadline.date) return deadline
  const rolled = rollToWorkday(calendar, told)
  return { ...deadline, date: rolled.date, provisional: deadline.provisional || rolled.provisional }
}

/**
 * Whether the time to answer is over: its last day, as the calendar has it now, lies behind. A provisional last day never
 * does: it is settled first.
 */
export function isOver(
  kept: CountedDeadline,
  { today, calendar }: { readonly today: string; readonly calendar: WorkingCalendar },
): boolean {
  const { date, provisional } = settleCounted(kept, calendar)
  return !provisional && date < today
}
