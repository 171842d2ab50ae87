// closecall/probe: an HTTP request that tells why a WebSocket never opened. Every export by name.

export {probe, type ProbeOptions} from './probe.ts'
