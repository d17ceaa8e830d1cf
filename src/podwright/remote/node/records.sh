# Shared by every program that podwright runs on a node. POSIX sh with coreutils or busybox.
# The caller has set: nonce (unguessable, frames the answer).
set -u
LC_ALL=C
export LC_ALL
# sudo's secure_path and non-login shells leave out where crictl is often installed
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin:/var/lib/rancher/rke2/bin
umask 077
# where the node's processes are shown; HOST_PROC is what containers that see the host's call it, if it is there
proc=/proc
case ${HOST_PROC-} in /*) [ -d "$HOST_PROC" ] && proc=$HOST_PROC ;; esac
# crictl gives up by itself after 2 s where it can
crictl_seconds=5
newline='
'

# record KIND [WORDS]: opens a record; what `body` adds next is its body, byte for byte. Nothing goes out before `flush`,
# which must stand before whatever prints by itself: each printf would be a packet of its own
record() { said="$said$newline@$nonce $*$newline"; }
body() { said=$said$1; }
said=''

# a caller who hung up ends us even where SIGPIPE is ignored
flush() {
  [ -z "$said" ] || printf '%s' "$said" || nobody_listens
  said=''
}

# shellcheck disable=SC2317  # apply.sh has another
nobody_listens() { exit 1; }

# uptime -> $now, seconds with hundredths, without a fork
uptime() { read -r now _ </proc/uptime; }

pause() { sleep "$1" 2>/dev/null || sleep 1; }

# wall clock and monotonic clock together, so that the caller can convert
clock() {
  uptime
  wall_clock
  record clock "$now $wall"
}

# -> $wall, and $seconds_now
wall_clock() {
  wall=$(date +%s.%N)
  seconds_now=${wall%%.*}
  # not every busybox knows %N
  case ${wall#*.} in '' | *[!0-9]*) wall=${wall%%.*} ;; esac
}

# runtime: its pods and containers, each as crictl's JSON, whenever they differ from the time before
runtime() {
  command -v crictl >/dev/null 2>&1 || { runtime_silent runtime-missing; return; }
  pods_json=$(crictl_list pods) || { runtime_silent runtime-failed "$pods_json"; return; }
  containers_json=$(crictl_list ps -a) || { runtime_silent runtime-failed "$containers_json"; return; }
  case $pods_json$newline$containers_json in
    "${runtime_before-}") return ;;
  esac
  runtime_before=$pods_json$newline$containers_json
  uptime
  record pods "$now"
  body "$pods_json"
  record containers "$now"
  body "$containers_json"
}

# runtime_silent KIND [MESSAGE]: what it says once it speaks again is news, even if it is the same
runtime_silent() {
  runtime_before=''
  record "$1"
  body "${2-}"
}

# crictl_list WORDS: its JSON; where it fails, its message and status 1
crictl_list() {
  limited crictl ${endpoint:+--runtime-endpoint "$endpoint"} "$@" -o json 2>/dev/null
  case $? in
    0) return 0 ;;
    124 | 137 | 143) printf 'no answer within %s s' "$crictl_seconds" ;;
    *) limited crictl ${endpoint:+--runtime-endpoint "$endpoint"} "$@" -o json 2>&1 >/dev/null | tail -c 2000 ;;
  esac
  return 1
}

# limited COMMAND: ended where it hangs, by timeout(1) or, where there is none that can, by a shell of our own
limited() {
  if [ -z "${limit-}" ]; then
    limit=none
    timeout -s KILL "$crictl_seconds" true >/dev/null 2>&1 && limit=timeout
  fi
  case $limit in
    timeout) timeout -s KILL "$crictl_seconds" "$@" ;;
    *) limited_by_us "$@" ;;
  esac
}

limited_by_us() {
  "$@" &
  limited_pid=$!
  (
    sleep "$crictl_seconds"
    kill -9 $limited_pid
  ) >/dev/null 2>&1 &
  bell=$!
  wait $limited_pid
  set -- $?
  kill $bell 2>/dev/null
  return "$1"
}
