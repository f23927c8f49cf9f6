#!/usr/bin/env python3
"""Asks the reference who it lets in, and what it sends: `authenticate.py COLLECTOR FOLDER` runs COLLECTOR
with the extensions of FOLDER/servers.json and FOLDER/clients.json and writes what it answered into these
files. Needs curl with HTTP/2."""

import http.server
import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

EXPORT = "opentelemetry.proto.collector.trace.v1.TraceService/Export"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Collector:
    """A collector that runs in a folder of its own, with the files of a case."""

    def __init__(self, program, case, receiver, exporter):
        self.folder = tempfile.TemporaryDirectory()
        for name, text in case.get("files", {}).items():
            (pathlib.Path(self.folder.name) / name).write_text(text)
        self.http, self.grpc = free_port(), free_port()
        protocols = {"http": {"endpoint": f"127.0.0.1:{self.http}"} | receiver}
        protocols["grpc"] = {"endpoint": f"127.0.0.1:{self.grpc}"} | receiver
        (name, _), = exporter.items()
        config = {
            "extensions": case["extension"],
            "receivers": {"otlp": {"protocols": protocols}},
            "exporters": exporter,
            "service": {
                "telemetry": {"metrics": {"level": "none"}},
                "extensions": list(case["extension"]),
                "pipelines": {"traces": {"receivers": ["otlp"], "exporters": [name]}},
            },
        }
        (pathlib.Path(self.folder.name) / "config.yaml").write_text(json.dumps(config))
        self.process = subprocess.Popen(
            [program, "--config", "config.yaml"], cwd=self.folder.name,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )

    def is_up(self):
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.http), 1).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def error(self):
        lines = self.process.communicate()[1].splitlines()
        said = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
        return said[0] if said else ""

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()

    def ask(self, url, headers, body, *more):
        arguments = ["curl", "-s", "-i", url, "--data-binary", "@-", *more]
        for header in headers:
            arguments += ["-H", header]
        answer = subprocess.run(arguments, input=body, capture_output=True).stdout
        return answer.decode().replace("\r", "")


def serve(program, case):
    name = next(iter(case["extension"]))
    receiver = {"auth": {"authenticator": name}}
    collector = Collector(program, case, receiver, {"debug": {}})
    if not collector.is_up():
        return {"error": collector.error()}
    answers = []
    for headers in case["requests"]:
        json_body = headers + ["content-type: application/json"]
        answer = collector.ask(f"http://127.0.0.1:{collector.http}/v1/traces", json_body, b"{}")
        head, body = answer.split("\n\n", 1)
        status = int(head.split()[1])
        said = json.loads(body)
        grpc = headers + ["content-type: application/grpc", "te: trailers"]
        url = f"http://127.0.0.1:{collector.grpc}/{EXPORT}"
        trailers = collector.ask(url, grpc, bytes(5), "--http2-prior-knowledge", "-o", "/dev/null", "-D", "-")
        known = dict(line.split(": ", 1) for line in trailers.splitlines() if ": " in line)
        answers.append({
            "status": status, "code": said.get("code", 0), "message": said.get("message", ""),
            "grpc_status": int(known["grpc-status"]), "grpc_message": known.get("grpc-message", ""),
        })
    collector.stop()
    return {"answers": answers}


class Backend(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode(errors="replace")
        names = ["authorization", "x-auth", "content-type"]
        headers = {name: self.headers[name] for name in names if self.headers[name] is not None}
        status, answer = 200, "{}"
        if self.path == "/token":
            self.server.tokens.append({"headers": headers, "body": body})
            status, answer = self.server.token
        else:
            headers.pop("content-type", None)
            self.server.sent.append(headers)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


def send(program, case):
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    backend.tokens, backend.sent, backend.token = [], [], tuple(case.get("token", (200, "{}")))
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    here = f"127.0.0.1:{backend.server_port}"
    (name, settings), = case["extension"].items()
    settings = json.loads(json.dumps(settings).replace("BACKEND", here))
    case = case | {"extension": {name: settings}}
    direct = {"sending_queue": {"enabled": False}, "retry_on_failure": {"enabled": False}}
    exporter = {"endpoint": f"http://{here}", "compression": "none"} | direct
    exporter["auth"] = {"authenticator": name}
    collector = Collector(program, case, {}, {"otlp_http": exporter})
    if not collector.is_up():
        answer = {"error": collector.error().replace(here, "BACKEND")}
    else:
        spans = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"x"}]}]}]}'
        url = f"http://127.0.0.1:{collector.http}/v1/traces"
        said = collector.ask(url, ["content-type: application/json"], spans).split("\n\n", 1)
        collector.stop()
        answer = {"status": int(said[0].split()[1]), "message": json.loads(said[1]).get("message", "")}
        answer = json.loads(json.dumps(answer).replace(here, "BACKEND"))
        answer |= {"tokens": backend.tokens, "sent": backend.sent}
    backend.shutdown()
    return answer


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    for name, run in [("servers", serve), ("clients", send)]:
        path = folder / f"{name}.json"
        cases = json.loads(path.read_text())
        for case in cases:
            case["answer"] = run(program, case)
        path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


main()
