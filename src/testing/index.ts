// closecall/testing: time, sockets and servers for tests, without a network. Every export by name.

export {
  accepts,
  acceptsThenCloses,
  closedFromTheStart,
  closesLate,
  closesSynchronously,
  closesTwice,
  deliversWhileClosing,
  drops,
  errorsAfterClose,
  errorsWithoutClose,
  goesSilent,
  neverAnswers,
  neverDeliversClose,
  refuses,
  sequence,
  stalls,
  throwsOnConstruct,
} from './behaviours.ts'
export {fakeClock, type FakeClock, type FakeClockOptions} from './fake-clock.ts'
export {
  fakeNetwork,
  type AcceptOptions,
  type Behaviour,
  type FakeFrame,
  type FakeNetwork,
  type FakeNetworkOptions,
  type FakeServer,
  type FakeSocket,
  type FakeWebSocketClass,
  type Lies,
  type Refusal,
} from './fake-websocket.ts'
