import type { OutcomeNotice } from './outcome-notice.ts'
import type { PacketFonts } from './pdf/fonts.ts'
import { OUTCOME_TITLE, outcomeContent, outcomeReceipt } from './pdf/outcome-parts.ts'
import { writePdf } from './pdf/write-pdf.ts'

/** The notice of a decision (决定告知书) with its receipt, as a PDF of A4 pages. The same notice gives the same bytes. */
export function renderOutcome(notice: OutcomeNotice, { fonts }: { readonly fonts: PacketFonts }): Promise<Buffer> {
  return writePdf(
    {
      title: `${OUTCOME_TITLE} ${notice.title}`,
      header: [OUTCOME_TITLE, notice.title],
      footer: `文书编号 ${notice.id}`,
      at: notice.decided.at,
      content: outcomeContent(notice),
      forms: outcomeReceipt(notice),
    },
    fonts,
  )
}
