// Is a text laid out and coloured as the terminal, and its user, can take it?

import {describe, expect, it} from 'vitest'
import {harmless, harmlessJSON, pad, terminal, wrap} from '../../src/cli/text.ts'
import {start} from './command.ts'

describe('wrap', () => {
  it('breaks at spaces [CC-166]', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('', 7)).toEqual([])
  })

  it('not at a no-break space, as before a French colon [CC-166]', () => {
    expect(wrap('une chose\u00a0: deux', 9)).toEqual(['une', 'chose\u00a0:', 'deux'])
  })

  it('breaks a word that is longer than the line anywhere, between letters [CC-166]', () => {
    expect(wrap('a abcdefgh b', 3)).toEqual(['a', 'abc', 'def', 'gh', 'b'])
    expect(wrap('e\u0301e\u0301e\u0301', 2)).toEqual(['e\u0301e\u0301', 'e\u0301'])
  })

  it('counts what is wide for two, and what combines for none [CC-166]', () => {
    expect(wrap('日本語 日本', 6)).toEqual(['日本語', '日本'])
    expect(pad('日本', 5)).toBe('日本 ')
    expect(pad('e\u0301', 3)).toBe('e\u0301  ')
  })
})

describe('the words of others', () => {
  it('are cut [CC-166]', () => {
    expect(harmless('x'.repeat(10_000_000))).toBe(`${'x'.repeat(200)}…`)
  })

  it('lose what acts on a terminal, every character of it [CC-166]', () => {
    for (let point = 0; point < 0x11_0000; point++) {
      const character = String.fromCodePoint(point)
      if (!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(character)) continue
      expect(harmless(character)).toMatch(/^\\(x[\da-f]{2}|u\{[\da-f]+\})$/)
      expect(harmlessJSON(character)).toMatch(/^"(\\([nrtbf]|u[\da-f]{4}))+"$/)
      expect(JSON.parse(harmlessJSON(character))).toBe(character)
    }
  })

  it('can be told from escapes of ours [CC-166]', () => {
    expect(harmless('\\x1b')).toBe('\\\\x1b')
    expect(harmless('\u001b')).toBe('\\x1b')
  })
})

describe('colour', () => {
  const output = (isTTY: boolean): any => ({isTTY, columns: 200, hasColors: () => true, write: () => true})
  const colored = (isTTY: boolean, env: Record<string, string>): boolean => terminal(output(isTTY), env).style('red', 'x') !== 'x'

  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, {NO_COLOR: '1'}, false],
    [false, {FORCE_COLOR: '1'}, true],
    [false, {FORCE_COLOR: ''}, true],
    [true, {FORCE_COLOR: '0'}, false],
    [true, {FORCE_COLOR: 'false'}, false],
  ])('a terminal: %j, %j: %j [CC-166]', (isTTY, env, expected) => {
    expect(colored(isTTY, env)).toBe(expected)
  })

  it('changes no word [CC-166]', async () => {
    const plain = await start(['explain', '1007', '1013']).ended
    const forced = await start(['explain', '1007', '1013'], {FORCE_COLOR: '1'}).ended
    expect(plain.stdout).not.toContain('\u001b')
    expect(forced.stdout).toContain('\u001b[1m')
    expect(forced.stdout.replace(/\u001b\[\d+m/g, '')).toBe(plain.stdout)
    expect(forced.stderr).toBe('')
  })

  it('a line is at most 100 columns wide, and no narrower than 30 [CC-166]', () => {
    expect(terminal(output(true), {}).width).toBe(100)
    expect(terminal({...output(true), columns: 4}, {}).width).toBe(30)
    expect(terminal({...output(false), columns: undefined}, {COLUMNS: '64'}).width).toBe(64)
    expect(terminal({...output(false), columns: undefined}, {COLUMNS: 'wide'}).width).toBe(80)
  })

  it('a terminal that does not know its width is none of 0 columns [CC-166]', () => {
    expect(terminal({...output(true), columns: 0}, {}).width).toBe(80)
    expect(terminal({...output(true), columns: 0}, {COLUMNS: '64'}).width).toBe(64)
  })
})
