"""CPU and memory of the processes that a run watches."""

from loadtest.report.processes import Usage, Watch


class Scripted(Watch):
    """A watch over a process whose usage the test scripts."""

    def __init__(self, *usages: Usage) -> None:
        self._usages = iter(usages)
        super().__init__([])

    def look(self) -> dict[str, Usage]:
        return {"gateway": next(self._usages)}


def test_cpu_per_thousand_calls_counts_from_go_to_end_and_memory_from_the_start():
    watch = Scripted(
        Usage(at_s=0, cpu_s=10, rss_bytes=1_000_000),
        Usage(at_s=5, cpu_s=11, rss_bytes=2_000_000),
        Usage(at_s=9, cpu_s=13, rss_bytes=3_000_000),
    )
    watch.go()
    watch.end()
    (summary,) = watch.summary(calls=4_000, connections=100)

    assert (summary.cpu_s, summary.cores, summary.cpu_s_per_1000_calls) == (2.0, 0.5, 0.5)
    assert summary.bytes_per_connection == 20_000
