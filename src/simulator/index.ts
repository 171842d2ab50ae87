// closecall/simulator: what clients do together to a server in trouble. Every export by name.

export {formulas, type Formula} from './formulas.ts'
export {simulate, type Simulation} from './simulate.ts'
export {
  delayPolicy,
  transitionPolicy,
  type DelayFunction,
  type DelayPolicy,
  type Hint,
  type HintFunction,
  type ServerOptions,
  type SimulateOptions,
  type Told,
  type TransitionOptions,
  type TransitionPolicy,
} from './options.ts'
export {type Outage} from './outages.ts'
