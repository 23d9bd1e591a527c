"""What a run measured: latencies, errors, CPU and memory, as text, JSON and HTML."""
