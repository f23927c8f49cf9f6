#!/usr/bin/env python3
"""Asks the reference about configurations: `validate.py COLLECTOR FOLDER` runs `COLLECTOR validate` on
each configuration of FOLDER, also those inside manifests, and writes FOLDER/reference.json: what it
accepts, and else the last line that it says. Needs PyYAML."""

import json
import pathlib
import subprocess
import sys
import tempfile

import yaml


def configurations(text):
    """The configurations in a text, as texts."""
    try:
        documents = [d for d in yaml.safe_load_all(text) if isinstance(d, dict)]
    except yaml.YAMLError:
        return [text]
    if not any("kind" in d for d in documents):
        return [text]
    found = []
    for document in documents:
        if document.get("kind") == "OpenTelemetryCollector":
            config = document["spec"]["config"]
            found.append(config if isinstance(config, str) else yaml.safe_dump(config))
        elif document.get("kind") == "ConfigMap":
            found += document["data"].values()
    return found


def validate(collector, text):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        run = subprocess.run(
            [collector, "validate", "--config", file.name], capture_output=True, text=True
        )
    said = [line.strip() for line in run.stderr.splitlines() if line.strip()]
    said = [line for line in said if not line.startswith(("{", "2"))] or said
    message = " ".join(said[:4]).replace(file.name, "FILE").removeprefix("Error: ")
    return None if run.returncode == 0 else message


def main():
    collector, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    answers = {}
    for path in sorted(folder.glob("*.yaml")):
        refused = [m for m in (validate(collector, c) for c in configurations(path.read_text())) if m]
        answers[path.name] = {"accepted": not refused} | ({"says": refused[0][:400]} if refused else {})
    (folder / "reference.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")


main()
