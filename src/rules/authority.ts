/** What a rule or a figure rests on, for the household in Chinese and for whoever keeps the rules in English. */
export interface Authority {
  readonly zh: string
  readonly en: string
}

/** As files write it: a plain text stands for both languages. */
export type WrittenAuthority = string | Authority

const text = { type: 'string', minLength: 1 } as const

/** One schema of two types, for `anyOf` would hide which of them was meant and what is wrong in it. */
export const AUTHORITY_SCHEMA = {
  type: ['string', 'object'],
  minLength: 1,
  additionalProperties: false,
  required: ['zh', 'en'],
  properties: { zh: text, en: text },
} as const

export function readAuthority(written: WrittenAuthority): Authority {
  return typeof written === 'string' ? { zh: written, en: written } : { zh: written.zh, en: written.en }
}

/** The shortest form that reads the same: sets of plain texts keep the versions that they had before there were two. */
export function writeAuthority({ zh, en }: Authority): WrittenAuthority {
  return zh === en ? zh : { zh, en }
}
