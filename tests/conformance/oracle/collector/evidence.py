#!/usr/bin/env python3
"""Records what the reference does with what a diagnostic code warns of.

`evidence.py COLLECTOR FOLDER [CODE…]` reads FOLDER/cases.yaml, runs COLLECTOR on every case and writes
FOLDER/evidence.json: the cases as they were run and what happened. Named codes alone are run again.
Needs PyYAML, openssl and, for R204, strace.

A case has a configuration, or statements that are put into one. The recorder starts COLLECTOR with it,
does the `steps` (by default it sends `input` once) and writes down what senders were told, what arrived at
the exporter's other end and what was logged. With `good`, the same is done to that. Places that are known
only when it runs stand in configurations as @names@:

@otlp@    where the receiver listens               @sink@   an HTTP server that takes everything
@web@     the same server by another name          @first@  a server that notes the first bytes only
@tls@     a server with a certificate of its own   @page@   a page of metrics, to be scraped
@spare@   a free address, @spare2@ another one     @relay@  hands all bytes on to @spare@ and notes them
@folder@  an empty directory
"""

import gzip
import http.client
import http.server
import json
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import yaml

PATIENCE = 20

TEMPLATE = """\
receivers: {otlp: {protocols: {http: {endpoint: "@otlp@"}}}}
processors:
  transform:
    error_mode: MODE
    SIGNAL_statements:
STATEMENTS
exporters:
  otlp_http:
    endpoint: http://@sink@
    encoding: json
    compression: none
    sending_queue: {enabled: false}
    retry_on_failure: {enabled: false}
service:
  telemetry: {metrics: {level: none}}
  pipelines: {PIPELINE: {receivers: [otlp], processors: [transform], exporters: [otlp_http]}}
"""


# What is sent.


def value(plain):
    kind = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}[type(plain)]
    return {kind: plain}


def attributes(plain):
    return [{"key": key, "value": value(one)} for key, one in (plain or {}).items()]


def point(one):
    number = one.get("value", 1)
    return {
        "attributes": attributes(one.get("attributes")),
        "startTimeUnixNano": "1700000000000000000",
        "timeUnixNano": str(time.time_ns()),
        ("asInt" if isinstance(number, int) else "asDouble"): number,
    }


def request(signal_name, input):
    """An OTLP/JSON request out of a list of resources with their records."""
    resources = []
    for one in input:
        resource = {"attributes": attributes(one.get("resource"))}
        if signal_name == "logs":
            records = [
                {
                    "timeUnixNano": "1700000000000000000",
                    "body": value(record.get("body", "")),
                    "severityNumber": record.get("severity_number", 0),
                    "severityText": record.get("severity_text", ""),
                    "attributes": attributes(record.get("attributes")),
                }
                for record in one["records"]
            ]
            resources.append({"resource": resource, "scopeLogs": [{"logRecords": records}]})
        elif signal_name == "metrics":
            metrics = []
            for record in one["records"]:
                data = {"dataPoints": [point(record)]}
                if "sum" in record:
                    data |= {"aggregationTemporality": record["sum"], "isMonotonic": True}
                metrics.append({"name": record["name"], ("sum" if "sum" in record else "gauge"): data})
            resources.append({"resource": resource, "scopeMetrics": [{"metrics": metrics}]})
        else:
            spans = [
                {
                    "traceId": "0102030405060708090a0b0c0d0e0f10",
                    "spanId": "0102030405060708",
                    "name": record.get("name", ""),
                    "startTimeUnixNano": "1700000000000000000",
                    "endTimeUnixNano": "1700000001000000000",
                    "attributes": attributes(record.get("attributes")),
                }
                for record in one["records"]
            ]
            resources.append({"resource": resource, "scopeSpans": [{"spans": spans}]})
    return {{"logs": "resourceLogs", "metrics": "resourceMetrics", "traces": "resourceSpans"}[signal_name]: resources}


# What arrives, in few words.


def plain(any_value):
    for kind, one in any_value.items():
        if kind == "intValue":
            return int(one)
        if kind == "arrayValue":
            return [plain(entry) for entry in one.get("values", [])]
        if kind == "kvlistValue":
            return table(one.get("values"))
        return one
    return None


def table(entries):
    return {entry["key"]: plain(entry["value"]) for entry in entries or []}


def short(text):
    return text if len(text) <= 200 else text[:200] + "…"


def records(body):
    """The records of an OTLP/JSON request, each with its resource."""
    found = []
    for one in body.get("resourceLogs", []):
        for record in one["scopeLogs"][0].get("logRecords", []):
            found.append({
                "resource": table(one.get("resource", {}).get("attributes")),
                "body": short(plain(record.get("body", {})) or ""),
                "severity_number": record.get("severityNumber", 0),
                "severity_text": record.get("severityText", ""),
                "attributes": table(record.get("attributes")),
            })
    for one in body.get("resourceMetrics", []):
        for record in one["scopeMetrics"][0].get("metrics", []):
            kind = next(kind for kind in ("sum", "gauge") if kind in record)
            for one_point in record[kind]["dataPoints"]:
                found.append({
                    "resource": table(one.get("resource", {}).get("attributes")),
                    "name": record["name"],
                    "type": kind,
                    "attributes": table(one_point.get("attributes")),
                })
    for one in body.get("resourceSpans", []):
        for record in one["scopeSpans"][0].get("spans", []):
            found.append({
                "resource": table(one.get("resource", {}).get("attributes")),
                "name": record.get("name", ""),
                "attributes": table(record.get("attributes")),
            })
    return found


# The other ends.


class Sink:
    """An HTTP server that takes every request, or answers with another status."""

    def __init__(self):
        sink = self
        sink.status, sink.arrived, sink.looks_for = 200, [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                if self.headers.get("Transfer-Encoding") == "chunked":
                    body = b""
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                else:
                    body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                one = {"path": self.path, "status": sink.status}
                if sink.status == 200 and self.headers.get("Content-Type") == "application/json":
                    one["records"] = records(json.loads(body))
                found = [text for text in sink.looks_for if text.encode() in body]
                sink.arrived.append(one | ({"holds": found} if found else {}))
                self.send_response(sink.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                text = b"# TYPE jobs gauge\njobs 1\n"
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Listener:
    """A server on which every connection is served by a function."""

    def __init__(self, serve):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.noted = []

        def accept():
            while True:
                try:
                    connection, _ = self.socket.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(self, connection), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()

    def note(self, what):
        if what not in self.noted:
            self.noted.append(what)

    def close(self):
        self.socket.close()


def first_bytes(listener, connection):
    start = connection.recv(4096)
    if start[:1] == b"\x16":
        listener.note("a TLS handshake")
    elif start.startswith(b"PRI * HTTP/2.0"):
        listener.note("HTTP/2 in plain text")
    elif start:
        listener.note(start.split(b"\r\n")[0].decode(errors="replace"))
    connection.close()


def certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=somebody-else.example.com", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
        check=True, capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def encrypted(context):
    def serve(listener, connection):
        try:
            with context.wrap_socket(connection, server_side=True) as stream:
                start = stream.recv(4096)
                if start:
                    listener.note("went on after the handshake: " + start[:14].decode(errors="replace"))
        except (ssl.SSLError, OSError):
            listener.note("ended the handshake")

    return serve


def relay(port):
    def pump(listener, source, target):
        try:
            while part := source.recv(65536):
                listener.noted.append(part)
                target.sendall(part)
        except OSError:
            pass
        target.close()

    def serve(listener, connection):
        try:
            other = socket.create_connection(("127.0.0.1", port))
        except OSError:
            return connection.close()
        threading.Thread(target=pump, args=(listener, other, connection), daemon=True).start()
        pump(listener, connection, other)

    return serve


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


# One run.


class Run:
    def __init__(self, collector, text, case, context):
        self.collector, self.case = collector, case
        self.folder = tempfile.mkdtemp()
        self.sink, self.page = Sink(), Sink()
        self.sink.looks_for = case.get("looks for", [])
        self.first, self.tls = Listener(first_bytes), Listener(encrypted(context))
        self.places = {name: f"127.0.0.1:{free_port()}" for name in ("otlp", "spare", "spare2")}
        self.relay = Listener(relay(self.port("spare")))
        for name, other in [("sink", self.sink), ("web", self.sink), ("first", self.first),
                            ("tls", self.tls), ("page", self.page), ("relay", self.relay)]:
            self.places[name] = f"127.0.0.1:{other.port}"
        self.places["folder"] = f"{self.folder}/storage"
        pathlib.Path(self.places["folder"]).mkdir()
        self.replicas = 1
        whole = yaml.safe_load(text)
        if whole.get("kind") == "OpenTelemetryCollector":
            self.replicas = whole["spec"].get("replicas", 1)
            text = yaml.safe_dump(whole["spec"]["config"])
        self.config = f"{self.folder}/config.yaml"
        pathlib.Path(self.config).write_text(self.with_places(text))
        self.processes, self.logs = [], []
        self.answer = {}

    def port(self, name):
        return int(self.places[name].rsplit(":", 1)[1])

    def with_places(self, text):
        for name, place in self.places.items():
            text = text.replace(f"@{name}:port@", place.rsplit(":", 1)[-1]).replace(f"@{name}@", place)
        return text

    def without_places(self, text):
        for name, place in self.places.items():
            text = text.replace(place, f"@{name}@")
            if ":" in place:
                text = re.sub(rf"(?<=:){place.rsplit(':', 1)[1]}\b", f"@{name}:port@", text)
        text = text.replace(self.folder, "@folder@")
        text = re.sub(r"127\.0\.0\.1:\d+->", "127.0.0.1:@any@->", text)
        return text

    def arguments(self):
        return ["--config", self.config, *self.case.get("arguments", [])]

    def validate(self):
        run = subprocess.run([self.collector, "validate", *self.arguments()], capture_output=True, text=True)
        said = [line.strip() for line in run.stderr.splitlines() if line.strip()]
        said = [line for line in said if not line.startswith(("{", "2"))] or said
        refused = " ".join(said[:4]).removeprefix("Error: ")
        return "accepted" if run.returncode == 0 else self.without_places(refused)[:400]

    def start(self):
        trace = ["strace", "-D", "-f", "-o", f"{self.folder}/trace", "-e", "trace=fsync,fdatasync"]
        prefix = trace if self.case.get("strace") else []
        for _ in range(self.replicas):
            log = open(f"{self.folder}/log{len(self.logs)}", "w+")
            self.logs.append(log.name)
            self.processes.append(
                subprocess.Popen(prefix + [self.collector, *self.arguments()], stdout=log, stderr=log)
            )
            end = time.time() + PATIENCE
            while time.time() < end and self.processes[-1].poll() is None:
                if "Everything is ready" in self.log_text():
                    self.answer["start"] = "ready"
                    break
                time.sleep(0.02)
            else:
                self.answer["start"] = "failed"

    def log_text(self):
        return pathlib.Path(self.logs[-1]).read_text()

    def stop(self, how="TERM"):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(getattr(signal, f"SIG{how}"))
                process.wait(PATIENCE)
        self.processes = []

    def send(self, step):
        """Sends a request and notes what the sender is told."""
        signal_name = self.case.get("signal", "logs")
        connection = http.client.HTTPConnection("127.0.0.1", self.port("otlp"), timeout=step.get("within", PATIENCE))
        body = json.dumps(request(signal_name, step.get("input", self.case["input"])))
        if "repeats" in step:
            body = body.replace(step["repeats"], step["repeats"] * 20000)
        began = time.time()
        try:
            headers = {"Content-Type": "application/json", **step.get("headers", {})}
            connection.request("POST", f"/v1/{signal_name}", body, headers)
            response = connection.getresponse()
            told = {"status": response.status}
            text = response.read()
            if response.status != 200:
                told["says"] = self.without_places(json.loads(text).get("message", ""))[:300]
        except (OSError, http.client.HTTPException) as error:
            told = {"status": type(error).__name__}
        finally:
            connection.close()
        if step.get("timed"):
            self.answer["milliseconds"] = round((time.time() - began) * 1000, 1)
        self.answer.setdefault("sent", []).append(told)

    def step(self, step):
        if "send" in step:
            for _ in range(step["send"]):
                self.send(step)
        elif "wait" in step:
            self.until(lambda: len(self.sink.arrived) >= step["wait"], step.get("within", 10))
        elif "settle" in step:
            time.sleep(step["settle"])
        elif "sink" in step:
            self.sink.status = step["sink"]
        elif "kill" in step:
            self.stop(step["kill"])
        elif "start" in step:
            self.start()
        elif "get" in step:
            self.get(step)
        elif "debug log" in step:
            lines = [line for line in self.log_text().splitlines() if step["debug log"] in line]
            said = [f'{line.split(chr(9))[3]}: {json.loads(line.split(chr(9))[-1])["error"]}' for line in lines[:1]]
            self.answer.setdefault("got", []).append(said)
        elif "connect" in step:
            self.connect(step["connect"])
        elif "grows" in step:
            self.grows(step["grows"])
        else:
            raise ValueError(step)

    def until(self, holds, within):
        end = time.time() + within
        while time.time() < end and not holds():
            time.sleep(0.02)

    def get(self, step):
        url = self.with_places(step["get"])
        lines = []
        def look():
            try:
                with urllib.request.urlopen(url, timeout=5) as response:
                    text = response.read().decode()
            except (urllib.error.URLError, OSError) as error:
                lines[:] = [f"failed: {type(error).__name__}"]
                return False
            lines[:] = [line for line in text.splitlines() if re.search(step.get("lines", ""), line)]
            return bool(lines)
        self.until(look, 5)
        self.answer.setdefault("got", []).append([self.without_places(line)[:300] for line in sorted(lines)])

    def connect(self, place):
        host, port = self.with_places(place).rsplit(":", 1)
        try:
            socket.create_connection((host, int(port)), 2).close()
            outcome = "connected"
        except OSError:
            outcome = "refused"
        self.answer.setdefault("connects", []).append({"to": place, "outcome": outcome})

    def grows(self, megabytes):
        """Sends the input from beside and waits for the process to hold so much memory."""
        sender = threading.Thread(target=self.send, args=({"within": 30},), daemon=True)
        sender.start()
        status = pathlib.Path(f"/proc/{self.processes[-1].pid}/status")
        def large():
            held = re.search(r"VmRSS:\s+(\d+)", status.read_text())
            return not sender.is_alive() or (held and int(held.group(1)) > megabytes * 1024)
        self.until(large, 25)
        self.answer["answers"] = not sender.is_alive()
        self.answer["holds more than"] = f"{megabytes} MB" if sender.is_alive() and large() else None
        self.stop("KILL")
        sender.join()

    def syncs(self):
        """How often the collector has waited for the disk so far."""
        trace = pathlib.Path(f"{self.folder}/trace")
        return len(re.findall(r"f(?:data)?sync\(", trace.read_text())) if trace.exists() else 0

    def warnings(self):
        found = []
        for name in self.logs:
            for line in pathlib.Path(name).read_text().splitlines():
                parts = line.split("\t")
                if len(parts) < 4 or parts[1] not in ("warn", "error"):
                    if line.startswith("Error: "):
                        found.append(line)
                    continue
                message = parts[3]
                try:
                    fields = json.loads(parts[-1])
                except ValueError:
                    fields = {}
                detail = fields.get("error") or fields.get("details") or fields.get("dropped_items")
                text = message if detail is None else f"{message}: {detail}"
                text = self.without_places(text)[:400]
                if text not in found:
                    found.append(text)
        return found

    def do(self):
        try:
            self.answer["validate"] = self.validate()
            if self.answer["validate"] == "accepted" and self.case.get("steps") != "validate":
                self.start()
                if self.answer["start"] == "ready":
                    self.synced = self.syncs()
                    for step in self.case.get("steps", [{"send": 1}]):
                        self.step(step)
            self.stop()
            self.answer["arrived"] = self.sink.arrived
            if self.case.get("sums up"):
                counts = {}
                for one in self.sink.arrived:
                    for record in one.get("records", []):
                        name = record.get(self.case["sums up"])
                        counts[str(name)] = counts.get(str(name), 0) + 1
                sizes = sorted({len(one.get("records", [])) for one in self.sink.arrived})
                self.answer["arrived"] = {"requests": len(self.sink.arrived), "sizes": sizes, "records": counts}
            noted = self.first.noted + self.tls.noted
            if noted:
                self.answer["noted"] = noted
            if self.relay.noted:
                seen = b"".join(part for part in self.relay.noted)
                self.answer["relayed"] = [text for text in self.case["looks for"] if text.encode() in seen]
            if self.case.get("strace"):
                self.answer["syncs during sending"] = self.syncs() - self.synced
            log = self.warnings()
            if log:
                self.answer["log"] = log
        finally:
            self.stop("KILL")
            for other in (self.sink, self.page, self.first, self.tls, self.relay):
                other.close()
            shutil.rmtree(self.folder)
        return self.answer


def configuration(case, statements):
    signal_name = case.get("signal", "logs")
    lines = []
    def text(one):
        return json.dumps(one.replace("$", "$$"), ensure_ascii=False)
    if case.get("context") or "conditions" in case:
        context = f"context: {case['context']}\n        " if case.get("context") else ""
        lines.append(f"      - {context}statements:")
        lines += [f"          - {text(one)}" for one in statements]
        if "conditions" in case:
            lines.append("        conditions:")
            lines += [f"          - {text(one)}" for one in case["conditions"]]
    else:
        lines += [f"      - {text(one)}" for one in statements]
    return (
        TEMPLATE.replace("MODE", case.get("error_mode", "ignore"))
        .replace("SIGNAL", {"logs": "log", "metrics": "metric", "traces": "trace"}[signal_name])
        .replace("PIPELINE", signal_name)
        .replace("STATEMENTS", "\n".join(lines))
    )


def examples(rules):
    """The examples of mistakes on the page of rules, by code."""
    found = {}
    for section in rules.split("\n### ")[1:]:
        code = section.split(":")[0]
        example = re.search(r"Found in\n\n```yaml\n(.*?\n)```", section, re.DOTALL)
        if example:
            found[code] = example.group(1)
    return found


def main():
    collector, folder, only = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    cases = yaml.safe_load((folder / "cases.yaml").read_text())
    inputs = cases.pop("inputs")
    bad = examples((folder / "../../../docs/rules.md").read_text())
    target = folder / "evidence.json"
    before = json.loads(target.read_text()) if target.exists() else {}
    recorded = {code: before[code] for code in cases if only and code not in only and code in before}
    with tempfile.TemporaryDirectory() as keys:
        context = certificate(keys)
        for code, several in cases.items():
            if only and code not in only:
                continue
            recorded[code] = []
            for case in several:
                print(code, case["claim"], file=sys.stderr)
                if isinstance(case.get("input", "log"), str):
                    case["input"] = inputs[case.get("input", "log")]
                entry = {"claim": case["claim"]}
                if code in bad:
                    entry["example"] = bad[code]
                for name in ("holt", "arguments", "input", "steps"):
                    if name in case and not (name == "input" and case.get("steps") == "validate"):
                        entry[name] = case[name]
                for which in ("bad", "good"):
                    if which not in case:
                        continue
                    text = case[which]
                    variant = case if which == "bad" else case | case.get("good with", {})
                    if isinstance(text, list):
                        text = configuration(variant, text)
                    entry[which] = {"config": text, "answer": Run(collector, text, variant, context).do()}
                entry["shows"] = case["shows"]
                recorded[code].append(entry)
            ordered = {code: recorded[code] for code in sorted(recorded)}
            target.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")


main()
