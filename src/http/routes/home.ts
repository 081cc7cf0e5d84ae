import type { FastifyInstance } from 'fastify'
import { dateInChina } from '../../domain/dates.ts'
import { showOverview } from '../../services/show-overview.ts'
import type { RouteContext } from '../app.ts'
import { homePage, type Language } from '../home-page.ts'

/** Chinese unless the reader asks for English. */
function languageOf(query: string | undefined, accepted: string | undefined): Language {
  if (query === 'en' || query === 'zh') return query
  return /^\s*en\b/i.test(accepted ?? '') ? 'en' : 'zh'
}

/** /: a plain page with the last run and where to go next. */
export function homeRoutes(app: FastifyInstance, { hedui, rules }: RouteContext): void {
  app.get<{ Querystring: { lang?: string } }>(
    '/',
    { config: { roles: ['centre'] }, schema: { hide: true } },
    async (request, reply) => {
      const { ruleSet } = await rules.inForceOn(dateInChina(hedui.now()))
      // A region's form may be called otherwise; it stands behind the general one, whose name is shown.
      const titles = new Map(ruleSet.rules.toReversed().map(({ definition }) => [definition.id, definition.title]))
      const language = languageOf(request.query.lang, request.headers['accept-language'])
      return reply
        .header('content-type', 'text/html; charset=utf-8')
        .header(
          'content-security-policy',
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        )
        .send(homePage(await showOverview(hedui), titles, language))
    },
  )
}
