// Does the demo show how a herd comes back as the simulator has it, to everybody who looks, and does the page stay quick?

import {mkdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {chromium as playwright, type Browser, type BrowserContextOptions, type Page} from 'playwright-core'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {startServer, type DemoServer} from '../../demo/misbehaving-server.mjs'
import {formulas, simulate, transitionPolicy, type SimulateOptions, type Simulation} from '../../src/simulator/index.ts'
import {chromium, chromiumArguments} from '../helpers/engines.ts'
import {faint} from './contrast.ts'

const executablePath = chromium()

/** To three digits, as the page has them. */
const short = (value: number): number => Number(value.toPrecision(3))

/** The numbers of a row: attempts, 50 %, 99 % and all back in seconds, the peak. */
const figuresOf = ({attempts, times, peak}: Simulation): number[] =>
  [attempts.mean, times.half / 1000, times.nearly / 1000, times.all / 1000, peak.second].map(short)

/** What the page shows at first, by itself. */
const first: SimulateOptions = {clients: 10_000, seed: 1, server: {capacity: 10_000 / 60}, outage: {kind: 'shed'}, limit: {time: 1_800_000, attempts: 200}}

const named = (wanted: string): SimulateOptions['policy'] => formulas.find(({name}) => name === wanted)!

const policies: [name: string, policy: SimulateOptions['policy']][] = [['closecall', transitionPolicy()], ...['AWS full jitter', 'reconnecting-websocket', 'partysocket'].map((name): [string, SimulateOptions['policy']] => [name, named(name)])]

if (executablePath) {
  describe('the herd of the demo, in Chromium', () => {
    const artefacts = process.env.CLOSECALL_ARTEFACTS ?? tmpdir()
    let server: DemoServer
    let browser: Browser
    let page: Page
    let complaints: string[]
    let loaded: string[]

    beforeAll(async () => {
      mkdirSync(artefacts, {recursive: true})
      server = await startServer({port: 0})
      browser = await playwright.launch({executablePath, args: [...chromiumArguments]})
    })

    afterAll(async () => {
      await browser.close()
      await server.close()
    })

    afterEach(async () => {
      await page.context().close()
      expect(complaints).toEqual([])
    })

    const visit = async (options: BrowserContextOptions = {}): Promise<void> => {
      const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options})
      page = await context.newPage()
      page.setDefaultTimeout(15_000)
      complaints = []
      loaded = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
      await page.addInitScript(() => {
        const moved: string[] = []
        Object.assign(globalThis, {moved})
        new PerformanceObserver((list) => {
          for (const {sources} of list.getEntries() as unknown as {sources: {node?: Element}[]}[]) for (const {node} of sources) if (node?.closest?.('#herd')) moved.push(node.id || node.className)
        }).observe({type: 'layout-shift', buffered: true})
      })
      await page.goto(server.url)
    }

    const scroll = (): Promise<void> => page.locator('#herd').scrollIntoViewIfNeeded()

    /** Everything that was asked for is there. */
    const computed = (): Promise<void> => page.locator('#herd:not(:has([data-stale])) #herd-tiles[aria-busy=false]').waitFor()

    const see = async (options?: BrowserContextOptions): Promise<void> => {
      await visit(options)
      await scroll()
      await computed()
    }

    /** What is done leads to another result. */
    const anew = async (act: () => Promise<unknown>): Promise<void> => {
      const before = await page.locator('#herd-figures').innerText()
      await act()
      await page.waitForFunction((text) => document.querySelector<HTMLElement>('#herd-figures')!.innerText !== text, before)
      await computed()
    }

    const caption = (): Promise<string> => page.locator('#herd-figures caption').innerText()

    const rows = (): Promise<string[][]> => page.locator('#herd-figures tbody tr').evaluateAll((lines) => (lines as HTMLTableRowElement[]).map(({cells}) => Array.from(cells, ({innerText}) => innerText.trim())))

    /** The first number of each cell; the words are for people. */
    const numbersOf = ([, ...cells]: string[]): number[] => cells.slice(0, 5).map((cell) => Number(/^[\d,.]+/.exec(cell)?.[0].replaceAll(',', '') ?? (/^(never|not yet)/.test(cell) ? Infinity : NaN)))

    const said = (): Promise<string> => page.locator('#herd-said').innerText()

    const screenshot = (name: string): Promise<Buffer> => page.locator('#herd').screenshot({path: join(artefacts, `herd-${name}.png`)})

    it('loads and computes nothing before it comes into sight', async () => {
      await visit()
      await page.locator('#states [aria-current]', {hasText: 'open'}).waitFor()
      expect(loaded).toContain('/herd.js')
      expect(loaded.filter((path) => /uPlot\.esm|herd-worker|simulator/.test(path))).toEqual([])
      expect(page.workers()).toEqual([])
      await scroll()
      await computed()
      expect(loaded).toEqual(expect.arrayContaining(['/uPlot.esm.js', '/herd-worker.js', '/simulator.js']))
      expect(page.workers().length).toBe(1)
    })

    it('has the figures that the simulator gives in Node', async () => {
      await see()
      const shown = await rows()
      expect(shown.map(([name]) => name)).toEqual(policies.map(([name]) => name))
      for (const [index, [name, policy]] of policies.entries()) expect([name, ...numbersOf(shown[index]!)]).toEqual([name, ...figuresOf(simulate({...first, policy}))])
    })

    it('draws who tries and who is accepted, for each policy', async () => {
      await see()
      await page.locator('#herd-tiles canvas').nth(3).waitFor()
      const drawn = await page.locator('#herd-tiles canvas').evaluateAll((canvases) =>
        (canvases as HTMLCanvasElement[]).map((canvas) => {
          const {data} = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
          let red = 0
          let green = 0
          for (let at = 0; at < data.length; at += 4) {
            if (data[at]! > data[at + 1]! + 80) red++
            if (data[at + 1]! > data[at]! + 40) green++
          }
          return {red, green}
        }),
      )
      expect(drawn.length).toBe(4)
      for (const {red, green} of drawn) expect(Math.min(red, green)).toBeGreaterThan(200)
      expect(new Set(drawn.map(({red}) => red)).size).toBe(4)
      const texts = await page.locator('#herd-tiles [role=img]').evaluateAll((plots) => plots.map((plot) => plot.ariaLabel!))
      for (const [index, text] of texts.entries()) expect(text).toMatch(new RegExp(`^${policies[index]![0]}: clients that try.*99 % after [\\d.]+ s · [\\d.]+ attempts · peak`))
    })

    it('tells of the moment that is pointed at, and draws anew where the colours or the room change', async () => {
      await see()
      const canvas = page.locator('#herd-tile-0 canvas')
      const words = page.locator('#herd-tile-0 figcaption span')
      const before = await words.innerText()
      await page.locator('#herd-tile-0 .plot').hover()
      expect(await words.innerText()).toMatch(/^\d+ s: [\d.]+ × try, [\d.]+ × accepted$/)
      await page.getByLabel('Seed').hover()
      expect(await words.innerText()).toBe(before)
      const pixels = (): Promise<string> => canvas.evaluate((node) => (node as HTMLCanvasElement).toDataURL())
      const shown = await pixels()
      await page.emulateMedia({colorScheme: 'dark'})
      await expect.poll(pixels).not.toBe(shown)
      await page.setViewportSize({width: 800, height: 900})
      await expect.poll(() => canvas.evaluate((node) => node.clientWidth - node.closest('.plot')!.clientWidth)).toBe(0)
    })

    it('is set by the keyboard, says the value, and tells the result in one sentence', async () => {
      await see()
      await page.getByLabel('Clients ÷ capacity').focus()
      expect(await page.locator('#herd-bound').evaluate((slider) => getComputedStyle(slider).outlineStyle)).toBe('solid')
      await anew(() => page.keyboard.press('ArrowLeft'))
      expect(await page.locator('#herd-bound-said').innerText()).toBe('50 s')
      expect(await page.locator('#herd-bound').getAttribute('aria-valuetext')).toBe('50 s')
      const result = simulate({...first, server: {capacity: 200}, policy: transitionPolicy()})
      expect(numbersOf((await rows())[0]!)).toEqual(figuresOf(result))
      expect(await caption()).toBe('10,000 clients; the server takes 200 a second')
      expect(await said()).toBe(`closecall: 99 % are back after ${short(result.times.nearly / 1000)} s, with ${short(result.attempts.mean)} attempts each. The best for all: 50 s.`)
      expect(await page.locator('#herd-said').getAttribute('role')).toBe('status')
    })

    it('shows what a hint is worth: to each its slot, or one spread for all; nobody else reads it', async () => {
      await see()
      const [, ...others] = await rows()
      await anew(() => page.getByLabel('What a refusal says').selectOption('to each its slot'))
      const [slots, ...unmoved] = await rows()
      expect(unmoved).toEqual(others)
      const [attempts, , , all, peak] = numbersOf(slots!)
      expect(attempts).toBeLessThanOrEqual(1.05)
      expect(all).toBeLessThanOrEqual(1.05 * 60)
      expect(peak).toBeLessThanOrEqual(1.5)
      await anew(() => page.getByLabel('What a refusal says').selectOption('one spread for all'))
      expect(numbersOf((await rows())[0]!)).toEqual(figuresOf(simulate({...first, server: {...first.server, hint: {after: 0, spread: 60_000}}, policy: transitionPolicy()})))
    })

    it.each(['restart', 'cut', 'brownout', 'flapping'])('has a %s', async (kind) => {
      await see()
      await anew(() => page.getByLabel('The outage').selectOption(kind))
      const outage = {
        restart: {kind: 'restart', duration: 5000},
        cut: {kind: 'cut', duration: 30_000},
        brownout: {kind: 'brownout', capacity: 0.5, duration: 60_000},
        flapping: {kind: 'flapping', up: 5000, down: 5000, times: 6},
      }[kind] as SimulateOptions['outage']
      await anew(() => page.getByLabel('Clients', {exact: true}).press('Home'))
      const shown = await rows()
      const small = {...first, clients: 1000, server: {capacity: 1000 / 60}, limit: {attempts: 300}}
      for (const [index, [name, policy]] of policies.entries()) expect([name, ...numbersOf(shown[index]!)]).toEqual([name, ...figuresOf(simulate({...small, outage, policy}))])
      await screenshot(kind)
    })

    it('draws the same again for the same seed, and others for another', async () => {
      await see()
      const before = await rows()
      await anew(() => page.getByRole('button', {name: 'Another draw'}).click())
      expect(await page.getByLabel('Seed').inputValue()).toBe('2')
      await anew(() => page.getByLabel('Seed').fill('1'))
      expect(await rows()).toEqual(before)
    })

    it('lets the last settings win, and the page answers meanwhile', async () => {
      await see()
      const look = page.getByLabel('Code', {exact: true})
      await page.getByLabel('Clients', {exact: true}).press('End')
      await page.locator('#herd-tiles[aria-busy=true]').waitFor()
      const {stillBusy, explained} = await look.evaluate((field) => {
        const input = field as HTMLInputElement
        input.value = '1002'
        input.dispatchEvent(new Event('input', {bubbles: true}))
        return {stillBusy: document.querySelector('#herd-tiles')!.ariaBusy, explained: document.querySelector<HTMLElement>('#explained')!.innerText}
      })
      expect([stillBusy, explained]).toEqual(['true', expect.stringContaining('1002')])
      await page.getByLabel('Clients', {exact: true}).press('Home')
      await page.locator('#herd-figures caption', {hasText: /^1,000 clients/}).waitFor()
      await computed()
      expect(numbersOf((await rows())[0]!)).toEqual(figuresOf(simulate({...first, clients: 1000, server: {capacity: 1000 / 60}, policy: transitionPolicy()})))
      await expect.poll(() => page.workers().length, {timeout: 10_000}).toBe(1)
    })

    it('is stopped by its button, and run again', async () => {
      await see()
      await page.getByLabel('Clients', {exact: true}).press('End')
      await page.getByRole('button', {name: 'Stop', exact: true}).click()
      expect(await said()).toBe('Stopped.')
      // Chromium lets a script go on for two seconds before it ends a worker by force.
      await expect.poll(() => page.workers().length, {timeout: 10_000}).toBe(0)
      await page.getByLabel('Clients', {exact: true}).press('Home')
      await page.locator('#herd-figures caption', {hasText: /^1,000 clients/}).waitFor()
      await computed()
      await page.getByRole('button', {name: 'Run', exact: true}).click()
      await computed()
      expect(await said()).toMatch(/^closecall: 99 % are back/)
    })

    it('passes on what the simulator says of a setting that it can’t use', async () => {
      await see()
      await page.getByLabel('Seed').fill('1.5')
      await page.locator('#herd-said.wrong').waitFor()
      expect(await said()).toMatch(/^That can’t be simulated: closecall: `seed` must be .*1\.5/)
      await page.getByLabel('Seed').fill('2')
      await computed()
      expect(await said()).toMatch(/^closecall: 99 % are back/)
    })

    it('says who never came back', async () => {
      await see()
      await anew(() => page.getByLabel('Second policy').selectOption('SignalR'))
      const [, signalR] = await rows()
      const {back} = simulate({...first, policy: named('SignalR')})
      expect(signalR![0]).toBe('SignalR')
      expect(signalR!.at(-1)).toContain(Math.round(10_000 * (1 - back)).toLocaleString('en'))
      expect(signalR![3]).toBe('never')
    })

    it.each([320, 768, 1280])('moves nothing and fits, %i px wide', async (width) => {
      await see({viewport: {width, height: 780}})
      await anew(() => page.getByLabel('Clients', {exact: true}).press('Home'))
      await anew(() => page.getByLabel('A refusal costs').press('End'))
      await anew(() => page.getByLabel('The outage').selectOption('flapping'))
      expect(await page.evaluate(() => (globalThis as unknown as {moved: string[]}).moved)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      const cut = await page.locator('#herd :is(button, input, select, canvas, td, th, output, figcaption span)').evaluateAll(
        (parts, most) => parts.filter((part) => part.checkVisibility() && (part.getBoundingClientRect().right > most || (part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline'))).map((part) => part.id || part.textContent),
        width,
      )
      expect(cut).toEqual([])
      await screenshot(String(width))
    })

    it.each(['light', 'dark'] as const)('can be read in %s, and names each of its fields', async (colorScheme) => {
      await see({colorScheme})
      expect(await page.evaluate(faint)).toEqual([])
      expect(await page.locator('#herd :is(input, select)').evaluateAll((fields) => (fields as HTMLInputElement[]).filter(({labels}) => !labels?.length).map(({id}) => id))).toEqual([])
      await screenshot(colorScheme)
    })
  })
}
