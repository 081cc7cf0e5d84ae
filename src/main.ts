import { auditVerify } from './commands/audit.ts'
import { CASE_ACT_COMMANDS } from './commands/case-acts.ts'
import { correctionsList, countyVisits } from './commands/case-reports.ts'
import { caseAttachment, caseList, caseNotice, caseShow, casesTick } from './commands/cases.ts'
import { check } from './commands/check.ts'
import { type Command, parseCommandLine } from './commands/command.ts'
import {
  deliveriesDiscard,
  deliveriesExpire,
  deliveriesList,
  deliveriesRelease,
  deliveriesShow,
  quarantineShow,
} from './commands/deliveries.ts'
import { demo } from './commands/demo.ts'
import { doctor } from './commands/doctor.ts'
import { due } from './commands/due.ts'
import { explain } from './commands/explain.ts'
import { householdsImport } from './commands/households-import.ts'
import { ingest } from './commands/ingest.ts'
import { keysBackup, keysPublic, keysRestore } from './commands/keys.ts'
import { kinAdd, kinEnd, kinList } from './commands/kin.ts'
import { migrate } from './commands/migrate.ts'
import { PACKET_FILE_COMMANDS, packetDraft, packetShow } from './commands/packets.ts'
import { precision, precisionGroups, rulesRelease, rulesStops } from './commands/precision.ts'
import { rulesList } from './commands/rules.ts'
import { rulesCheck } from './commands/rules-check.ts'
import { rulesCompare } from './commands/rules-compare.ts'
import { rulesHistory, rulesShow } from './commands/rules-history.ts'
import { rulesApprove, rulesDraft, rulesRetire, rulesShadow, rulesUnshadow } from './commands/rules-life.ts'
import { runsCancel, runsDiff, runsList, runsResults, runsResume, runsShow } from './commands/runs.ts'
import { sample } from './commands/sample.ts'
import { serve } from './commands/serve.ts'
import { sourceValidate } from './commands/source-validate.ts'
import { spotCheck } from './commands/spot-check.ts'
import { createTerminal, type Terminal } from './commands/terminal.ts'
import {
  tipOffAdd,
  tipOffCheck,
  tipOffList,
  tipOffRead,
  tipOffSettle,
  tipOffShow,
  tipOffVisit,
} from './commands/tip-offs.ts'
import { townships } from './commands/townships.ts'
import { verify } from './commands/verify.ts'
import { webhooksAdd, webhooksList, webhooksMessages, webhooksRemove, webhooksResend } from './commands/webhooks.ts'
import { Interrupted } from './commands/with-hedui.ts'
import { work } from './commands/work.ts'
import { loadConfig } from './config.ts'
import { didYouMean } from './domain/closest-word.ts'
import { HeduiError } from './errors.ts'

const COMMANDS: readonly Command[] = [
  demo,
  householdsImport,
  ingest,
  check,
  explain,
  runsList,
  runsShow,
  runsResults,
  runsDiff,
  runsCancel,
  runsResume,
  due,
  townships,
  spotCheck,
  deliveriesList,
  deliveriesShow,
  deliveriesRelease,
  deliveriesDiscard,
  deliveriesExpire,
  quarantineShow,
  sourceValidate,
  rulesCheck,
  rulesList,
  rulesCompare,
  rulesDraft,
  rulesApprove,
  rulesRetire,
  rulesShadow,
  rulesUnshadow,
  rulesHistory,
  rulesShow,
  rulesStops,
  rulesRelease,
  packetDraft,
  packetShow,
  ...PACKET_FILE_COMMANDS,
  verify,
  caseList,
  caseShow,
  ...CASE_ACT_COMMANDS,
  caseNotice,
  caseAttachment,
  casesTick,
  tipOffAdd,
  tipOffList,
  tipOffShow,
  tipOffRead,
  tipOffCheck,
  tipOffVisit,
  tipOffSettle,
  kinAdd,
  kinEnd,
  kinList,
  correctionsList,
  countyVisits,
  precision,
  precisionGroups,
  auditVerify,
  webhooksAdd,
  webhooksList,
  webhooksRemove,
  webhooksMessages,
  webhooksResend,
  serve,
  work,
  migrate,
  sample,
  keysBackup,
  keysRestore,
  keysPublic,
  doctor,
]

/** The command that the first words name, and what follows them; throws HeduiError INPUT_USAGE. */
function findCommand(args: readonly string[]): { command: Command; rest: readonly string[] } {
  for (const words of [2, 1]) {
    const command = COMMANDS.find(({ name }) => name === args.slice(0, words).join(' '))
    if (command) return { command, rest: args.slice(words) }
  }
  const named = args
    .slice(0, 2)
    .filter((word) => !word.startsWith('-'))
    .join(' ')
  const names = COMMANDS.map(({ name }) => name)
  const below = names.filter((name) => name.startsWith(`${args[0]} `))
  if (below.length > 0)
    throw new HeduiError('INPUT_USAGE', `say which: hedui ${below.join(', hedui ')}${didYouMean(named, below)}`)
  throw new HeduiError(
    'INPUT_USAGE',
    `there is no command "${named}"${didYouMean(named, names)}\nhedui --help lists them`,
  )
}

function help(): string[] {
  return [
    'hedui 核对: finds what departments hold of households that receive or apply for social assistance, and asks.',
    '',
    ...COMMANDS.flatMap(({ usage, brief, summary }) => [`  ${brief ?? usage}`, `      ${summary}`]),
    '',
    'hedui COMMAND --help shows all of a command’s options.',
    'exit code: 0 done, 1 refused or failed, 2 wrong usage, 130 interrupted. Settings: HEDUI_HOME, DATABASE_URL, HEDUI_SECRET,',
    'HEDUI_RULES, HEDUI_ADAPTERS, HEDUI_PORT, HEDUI_THREADS, HEDUI_RETENTION_DAYS, HEDUI_MAX_WARNED_SHARE, HEDUI_WEBHOOK_HOSTS, HEDUI_FONTS, HEDUI_LOG_LEVEL (README).',
  ]
}

/** Runs one command and gives its exit code; whatever goes wrong is told on `terminal`. */
async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    if (args.length === 0 || ['help', '--help', '-h'].includes(args[0]!)) {
      await terminal.print(help().join('\n'))
      return args.length === 0 ? 2 : 0
    }
    const { command, rest } = findCommand(args)
    if (rest.includes('--help') || rest.includes('-h')) {
      await terminal.print(`hedui ${command.usage}\n    ${command.summary}`)
      return 0
    }
    return await command.run({ config: loadConfig(), terminal, ...parseCommandLine(command, rest) })
  } catch (error) {
    if (error instanceof Interrupted) {
      terminal.say('hedui: interrupted; what was not finished has left nothing behind')
      return 130
    }
    return tell(error, terminal)
  }
}

const MOST_ERRORS = 50

function tell(error: unknown, terminal: Terminal): number {
  if (!(error instanceof HeduiError)) {
    terminal.say(`hedui: a defect of the program, please report it: ${(error as Error)?.stack ?? error}`)
    return 1
  }
  for (const one of [error, ...error.others].slice(0, MOST_ERRORS)) terminal.say(`hedui: ${one.code} ${one.located}`)
  if (error.others.length >= MOST_ERRORS) terminal.say(`hedui: … ${error.others.length + 1 - MOST_ERRORS} more`)
  return error.code === 'INPUT_USAGE' ? 2 : 1
}

const terminal = createTerminal(process.stdout, process.stderr, Date.now)
// A reader that has seen enough (| head) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
const code = await main(process.argv.slice(2), terminal)
// A slow reader has not taken all yet, and what waits would be lost with the process.
for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write('', done))
process.exit(code)
