"""ClickHouse for a test, in a process of its own: the embedded engine, filled, then let go or served over HTTP.

`python -m tests.loadtest.proof.engine FOLDER serve|fill < rows`: rows are two JSON lists, of sessions and of meter values.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import chdb

SQL = Path(__file__).parents[3] / "services" / "metering" / "sql"


def fill(engine, sessions, readings) -> None:
    """The product's own tables, and rows in them."""
    engine.query("CREATE DATABASE IF NOT EXISTS voltbus")
    engine.query("USE voltbus")
    for name in ("001_readings.sql", "002_sessions.sql"):
        text = "\n".join(line for line in (SQL / name).read_text().splitlines() if not line.startswith("--"))
        for statement in text.split(";\n"):
            if statement.strip():
                engine.query(statement)
    for table, rows in (("sessions", sessions), ("meter_values", readings)):
        for row in rows:
            engine.query(f"INSERT INTO voltbus.{table} FORMAT JSONEachRow {json.dumps(row)}")


def served(engine) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        """As much of ClickHouse's HTTP interface as its client needs."""

        def do_POST(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            sql = "\n".join(part for part in (query.get("query", ""), body) if part)
            parameters = {n.removeprefix("param_"): value for n, value in query.items() if n.startswith("param_")}
            try:
                answer, status = engine.query(sql, query.get("default_format", "TSV"), params=parameters).bytes(), 200
            except RuntimeError as error:
                answer, status = str(error).encode(), 500
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Door


def main() -> None:
    folder, what = sys.argv[1:]
    engine = chdb.connect(folder)
    fill(engine, *json.load(sys.stdin))
    if what == "fill":
        engine.close()
        return
    with HTTPServer(("127.0.0.1", 0), served(engine)) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
