"""Chaos: the product under load while its processes, its bus and its database are killed, frozen, stopped and replaced.

One cluster of real processes on a real Apache Kafka (`cluster`): two gateways behind a balancer of ours (`balancer`), each
stateful service in a process of its own (both of firmware in one), metering and the API in one, ClickHouse in its own. Each test is a stage
(`stage.under_load`): stations of the load tester charge (`load`), an operator commands (`commander`), something happens; then
`Stage.verify` asks of every stage alike:

- every station charges again, and obeys a command: none is stuck
- the stations' ledger against csms.sessions, csms.meter-values and the API (`verdict`): no session is missing, doubled or unended,
  energy is exact to the Wh, every reading is there, revisions follow each other in order, and a repeat says the same
- csms.cdrs and the API: each session has one bill that stands, exact to the Wh and the cent; each version before it is credited
  once, and a repeat says the same
- every command that the API took has one outcome on csms.outcomes
- where a firmware campaign runs beside (`campaign`): each station heard every attempt once, and another only after it had told
  that the one before failed; nobody is left out, and the campaign's counts are right on Kafka, in the API and in ClickHouse
- where sites are limited (`test_sites`): by the ledger of what simulated stations and buildings drew, no line of a grid connection was
  above its limit for longer than it may be
- every consumer group has read all there is; nothing is dead-lettered but poison; no process ended by itself

`python -m tests.chaos` is the short form, about five minutes: faults that do not hide each other share a stage. `make chaos` gives
each fault its own, and its full time. ClickHouse is a process of its own, which hangs and is killed: its engine behind HTTP
(`tests.clickhouse_server`), for no package brings a server.
"""
