import type { ArbitrationForm } from './arbitration-form.ts'
import { ARBITRATION_TITLE, arbitrationContent } from './pdf/arbitration-parts.ts'
import type { PacketFonts } from './pdf/fonts.ts'
import { writePdf } from './pdf/write-pdf.ts'

/** The application for labor arbitration (劳动人事争议仲裁申请书) as a PDF, filled as far as the case knows. */
export function renderArbitration(
  application: ArbitrationForm,
  { fonts }: { readonly fonts: PacketFonts },
): Promise<Buffer> {
  return writePdf(
    {
      title: ARBITRATION_TITLE,
      header: [ARBITRATION_TITLE, ''],
      footer: `文书编号 ${application.id}`,
      at: application.issued.at,
      content: arbitrationContent(application),
    },
    fonts,
  )
}
