// What may tests ask of the demo's server?

export interface DemoServer {
  /** Of the page, with the port that was free. */
  url: string
  /** Handshakes that a page's session has asked for, the refused ones too. */
  handshakes(session: string): number
  close(): Promise<void>
}

/** @param options port: 8013 by default; another, if it is taken; 0 for any */
export function startServer(options?: {port?: number}): Promise<DemoServer>
