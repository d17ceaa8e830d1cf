# Reports the pods and containers that the runtime holds.
# The caller has set: endpoint (or empty: crictl's own). Who wants to know of some pods only: concerns, a script for sed that
# makes each item of another pod `{}`.

# crictl itself gives up after 2 s, if it can
crictl_seconds=5
# why, if it did not answer when it was asked last: who asks for more need not wait again
runtime_silent=''

observe_pods() {
  # it tells the age of containers
  if command -v crictl >/dev/null 2>&1; then clock; fi
  runtime
}

# runtime: its pods and containers, as asked for at $asked, each as
# crictl's JSON, whenever those of concern differ from the time before
runtime() {
  alive
  asked=$now
  command -v crictl >/dev/null 2>&1 || { runtime_unavailable runtime-missing; return; }
  [ -z "${endpoint_untrusted-}" ] || { runtime_unavailable runtime-untrusted "$endpoint_untrusted"; return; }
  pods_json=$(crictl_list pods) || { runtime_unavailable runtime-failed "$pods_json"; return; }
  alive
  containers_json=$(crictl_list ps -a) || { runtime_unavailable runtime-failed "$containers_json"; return; }
  case $pods_json$newline$containers_json in
    "${runtime_before-}") return ;;
  esac
  runtime_before=$pods_json$newline$containers_json
  of_concern "$pods_json"; pods_json=$concerned
  of_concern "$containers_json"; containers_json=$concerned
  case $pods_json$newline$containers_json in
    "${sent_before-}") return ;;
  esac
  sent_before=$pods_json$newline$containers_json
  uptime
  record pods "$asked"
  body "$pods_json"
  record containers "$now"
  body "$containers_json"
}

# of_concern JSON -> $concerned: all of it if it is short, or not laid out line by line as crictl does
of_concern() {
  concerned=$1
  [ -n "${concerns-}" ] && [ ${#1} -gt 65536 ] || return 0
  case $1 in
    "{$newline  \""*"\": [$newline    {$newline"*"$newline    }$newline  ]$newline}") ;;
    *) return 0 ;;
  esac
  concerned=$(printf '%s\n' "$1" | sed "$concerns") || concerned=$1
}

# runtime_unavailable KIND [MESSAGE]: what it reports once it answers again is news, even if it is the same
runtime_unavailable() {
  runtime_before='' sent_before='' runtime_silent=''
  case ${2-} in *'no answer within'* | *eadline*) runtime_silent=$2 ;; esac
  record "$1"
  body "${2-}"
}

# crictl_list WORDS: its JSON; if it fails, its message and status 1
crictl_list() {
  limited crictl ${endpoint:+--runtime-endpoint "$endpoint"} "$@" -o json 2>/dev/null
  case $? in
    0) return 0 ;;
    124 | 137 | 143) printf 'no answer within %s s' "$crictl_seconds" ;;
    *) limited crictl ${endpoint:+--runtime-endpoint "$endpoint"} "$@" -o json 2>&1 >/dev/null | tail -c 2000 ;;
  esac
  return 1
}

# limited COMMAND: ended if it hangs, by timeout(1) or, if there is none that can, by a shell of our own
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
