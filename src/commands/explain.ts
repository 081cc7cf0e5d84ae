import { resolve } from 'node:path'
import { dateInChina } from '../domain/dates.ts'
import type { Language } from '../domain/trace-page.ts'
import { HeduiError } from '../errors.ts'
import { chooseFolder, openRuleBook } from '../services/choose-rule-set.ts'
import { type Explanation, explainNow, explainRun, pagesOf } from '../services/explain-result.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { reportRuleErrors } from './check.ts'
import { type Command, type CommandInput, dateOf, JSON_OPTION, textOf } from './command.ts'
import { languageOf } from './language.ts'
import { layOutPage } from './trace-page.ts'
import { withHedui } from './with-hedui.ts'

export const explain: Command = {
  name: 'explain',
  usage:
    'explain --household ID --rule ID [--person ID] [--as-of DATE] [--rules DIR | --run RUN] [--lang zh|en] [--actor NAME] [--json]',
  summary:
    'how a rule comes to its result for a household, step by step: checked now, or as the run RUN saw it; nothing is kept but who asked',
  options: {
    household: { type: 'string' },
    rule: { type: 'string' },
    person: { type: 'string' },
    'as-of': { type: 'string' },
    rules: { type: 'string' },
    run: { type: 'string' },
    lang: { type: 'string' },
    actor: { type: 'string' },
    ...JSON_OPTION,
  },
  positionals: [],
  run: (input) => {
    const language = languageOf(input, explain)
    const ask = questionOf(input)
    return withHedui(input, async (hedui) => {
      const explanation = await ask(hedui)
      const { terminal, values } = input
      if (values.json) await terminal.print(JSON.stringify(explanation))
      else for (const line of describe(explanation, language)) await terminal.print(line)
      return explanation.stored === 'differs' ? 1 : 0
    })
  },
}

/** What is asked, taken from the options before anything is opened. */
function questionOf(input: CommandInput): (hedui: Hedui) => Promise<Explanation> {
  const { config, terminal } = input
  const [household, rule, person] = [textOf(input, 'household'), textOf(input, 'rule'), textOf(input, 'person')]
  const [folder, run, day] = [textOf(input, 'rules'), textOf(input, 'run'), dateOf(input, 'as-of')]
  if (!household || !rule) throw usage('say which: --household ID --rule ID')
  if (run !== undefined && (folder !== undefined || day !== undefined))
    throw usage('a run has its own date and rules: leave --as-of and --rules out')
  const actor = textOf(input, 'actor') ?? config.user
  const request = { household, rule, ...(person === undefined ? {} : { person }), actor, role: 'centre' }
  const onRuleError = reportRuleErrors((line) => terminal.say(line))
  if (run !== undefined) return (hedui) => explainRun({ ...hedui, onRuleError }, { ...request, run })
  return async (hedui) => {
    const asOf = day ?? dateInChina(hedui.now())
    const { ruleSet, notice } =
      folder === undefined
        ? await (await openRuleBook(hedui)).inForceOn(asOf)
        : await chooseFolder(hedui, resolve(config.callerFolder, folder), asOf)
    if (notice) terminal.say(notice)
    return explainNow({ ...hedui, ruleSet, onRuleError }, { ...request, asOf })
  }
}

const usage = (message: string) => new HeduiError('INPUT_USAGE', `${message}\nusage: hedui ${explain.usage}`)

const RULER = '─'.repeat(60)

function describe(explanation: Explanation, language: Language): string[] {
  const pages = pagesOf(explanation, language).map(layOutPage)
  const lines = pages.flatMap((page, i) => (i === 0 ? page : ['', RULER, '', ...page]))
  return [...lines, ...sayOrigin(explanation, language)]
}

/** Which rules and data, and whether they give what was kept. */
function sayOrigin({ run, ruleSet, stored }: Explanation, language: Language): string[] {
  const rules = ruleSet.slice(0, 19)
  const zh = language === 'zh'
  if (run === null)
    return [zh ? `现核对一次，结果未保存；规则集 ${rules}…` : `Checked now, nothing kept; rules ${rules}…`]
  const said = {
    same: zh ? '与该次保存的结果一致。' : 'The result is the one that the run kept.',
    differs: zh
      ? '与该次保存的结果不一致：请勿据此办理，并报告管理员。'
      : 'The result is NOT the one that the run kept: do not rely on it, and report it.',
    none: zh ? '该次没有保存此家庭的结果。' : 'The run kept no result of this household.',
  }
  return [zh ? `核对运行 ${run}，规则集 ${rules}…` : `Run ${run}, rules ${rules}….`, said[stored ?? 'none']]
}
