// closecall/server: well-formed close frames and refusals, and a pace for those who come back, for any server library. Every export by name.

export {CloseCode} from '../core/index.ts'
export {badGateway, closeReason, serviceRestart, tryAgainLater, type CloseFrame, type CloseOptions, type ReturnHint} from './close-frame.ts'
export {httpRetryAfter, rawRetryAfter, type Refusal, type RefusalOptions} from './refusal.ts'
export {createShedder, type Shed, type Shedder, type ShedderOptions} from './shedder.ts'
