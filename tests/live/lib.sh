# Shared by `capture` and `run`: installs the SDK emitters and calls them. Sourced, not executed.
#
# Everything installed goes below target/live, so that a second run finds it and nothing of it is
# ever in a commit.

LIVE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$LIVE/../.." && pwd)
WORK=${LIVE_WORK:-$ROOT/target/live}
HOLT_LOAD=$ROOT/target/debug/holt-load
mkdir -p "$WORK"

# What an emitter and an installation may take, in seconds.
EMIT_LIMIT=60
INSTALL_LIMIT=${LIVE_INSTALL_LIMIT:-300}

# The protocols that an SDK's exporters speak.
protocols() {
  case $1 in
    node | rust) echo grpc http/protobuf http/json ;;
    *) echo grpc http/protobuf ;;
  esac
}

# known SDK: whether there is an emitter of that name.
known() {
  [ -d "$LIVE/sdk/$1" ] && return
  echo "there is no emitter $1; there are $(cd "$LIVE/sdk" && echo */)" >&2
  return 1
}

# install SDK: makes the emitter ready below $WORK/SDK. Fails if the tools or the packages are not
# to be had; the reason is the last line of $WORK/SDK.log.
install() {
  local sdk=$1 home=$WORK/$1
  mkdir -p "$home"
  cp -R "$LIVE/sdk/$sdk/." "$home/"
  (cd "$home" && "install_$sdk") >"$WORK/$sdk.log" 2>&1
}

need() { command -v "$1" >/dev/null || { echo "$1 is not installed"; return 1; }; }
limited() { timeout "$INSTALL_LIMIT" nice -n 10 "$@"; }

install_python() {
  need python3 || return
  [ -x venv/bin/python ] || python3 -m venv venv || return
  limited venv/bin/python -m pip install --quiet --requirement requirements.txt
}

install_node() {
  need node && need npm || return
  limited npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error
}

install_go() {
  need go || return
  limited go build -o emit .
}

install_java() {
  need java && need mvn || return
  limited mvn --quiet --batch-mode compile dependency:build-classpath -Dmdep.outputFile=classpath
}

install_rust() {
  need cargo || return
  limited env CARGO_TARGET_DIR="$WORK/rust/target" cargo build --quiet
}

# The reason for which the installation of an SDK failed, on one line.
reason() { tail -n 1 "$WORK/$1.log" | cut -c 1-200; }

# emit SDK PROTOCOL HOST:PORT: sends everything of sdk/README.md once.
emit() {
  local home=$WORK/$1
  local -a command
  case $1 in
    python) command=("$home/venv/bin/python" "$home/emit.py") ;;
    node) command=(node "$home/emit.mjs") ;;
    go) command=("$home/emit") ;;
    java) command=(java -cp "$home/target/classes:$(cat "$home/classpath")" Emit) ;;
    rust) command=("$home/target/debug/live-emitter") ;;
  esac
  # Loopback needs no proxy, and some SDKs would ask one.
  no_proxy='*' NO_PROXY='*' timeout "$EMIT_LIMIT" "${command[@]}" "$2" "$3"
}

# wait_for FILE PATTERN PID: until the pattern is in the file; fails if the process ends before, or
# after 20 seconds.
wait_for() {
  local tries=0
  until grep -qE "$2" "$1"; do
    kill -0 "$3" 2>/dev/null || return 1
    [ $((tries += 1)) -lt 200 ] || return 1
    sleep 0.1
  done
}

# wait_port HOST:PORT PID: until somebody listens; same limits.
wait_port() {
  local tries=0
  until (exec 3<>"/dev/tcp/${1%:*}/${1#*:}") 2>/dev/null; do
    kill -0 "$2" 2>/dev/null || return 1
    [ $((tries += 1)) -lt 200 ] || return 1
    sleep 0.1
  done
}

# start_capture DIR NAME: starts a capture server in the background; sets CAPTURE_PID and
# CAPTURE_ADDRESS (both transports on one port).
start_capture() {
  local log=$1/$2.capture.log
  mkdir -p "$1"
  : >"$log"
  "$HOLT_LOAD" capture --dir "$1" --name "$2" --grpc 127.0.0.1:0 --http 127.0.0.1:0 >>"$log" &
  CAPTURE_PID=$!
  wait_for "$log" '^listening on ' "$CAPTURE_PID" || return 1
  CAPTURE_ADDRESS=$(sed -n 's/^listening on //p' "$log" | head -n 1)
}

# stop PID: asks one of our own background processes to end and waits for it.
stop() {
  kill -TERM "$1" 2>/dev/null
  wait "$1" 2>/dev/null
  return 0
}
