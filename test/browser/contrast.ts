// Can everything be read that the page shows?

/** Runs in the page. @returns texts whose contrast with what is behind them is under 4.5 : 1 [WCAG 2.2 SC 1.4.3] */
export const faint = (): string[] => {
  const context = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true})!
  const luminance = (colors: string[]): number => {
    context.clearRect(0, 0, 1, 1)
    for (const color of colors) {
      context.fillStyle = color
      context.fillRect(0, 0, 1, 1)
    }
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const found: string[] = []
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const text = [...element.childNodes].filter(({nodeType}) => nodeType === Node.TEXT_NODE).map(({textContent}) => textContent!.trim()).join('')
    if (!text || !element.checkVisibility() || element.closest('.unseen, option, noscript')) continue
    const behind: string[] = []
    for (let up: HTMLElement | null = element; up; up = up.parentElement) behind.unshift(getComputedStyle(up).backgroundColor)
    const back = luminance(behind)
    const front = luminance([...behind, getComputedStyle(element).color])
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05)
    if (contrast < 4.5) found.push(`${text}: ${contrast.toFixed(2)}`)
  }
  return found
}
