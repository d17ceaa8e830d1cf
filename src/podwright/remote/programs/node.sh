# Shared by every program that podwright runs on a node. POSIX sh with coreutils or busybox.
# The caller has set: nonce (unguessable, frames the answer).
set -u
LC_ALL=C
export LC_ALL
# sudo's secure_path and non-login shells leave out where crictl is often installed
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin:/var/lib/rancher/rke2/bin
umask 077
newline='
'

# record KIND [WORDS]: opens a record; what is printed next is its body, byte for byte
record() { printf '\n@%s %s\n' "$nonce" "$*"; }

# uptime -> $now, seconds with hundredths, without a fork
uptime() { read -r now _ </proc/uptime; }

pause() { sleep "$1" 2>/dev/null || sleep 1; }

# wall clock and monotonic clock together, so that the caller can convert
clock() {
  uptime
  wall=$(date +%s.%N)
  record clock "$now ${wall%.N}"
}

# runtime LABEL: the runtime's pods and containers, each as crictl's JSON
runtime() {
  if ! command -v crictl >/dev/null 2>&1; then
    record runtime-missing
    return
  fi
  pods_json=$(crictl_list pods) || { record runtime-failed; printf '%s' "$pods_json"; return; }
  containers_json=$(crictl_list ps -a) || { record runtime-failed; printf '%s' "$containers_json"; return; }
  case $pods_json$newline$containers_json in
    "${runtime_before-}") return ;;
  esac
  runtime_before=$pods_json$newline$containers_json
  uptime
  record pods "$now"
  printf '%s' "$pods_json"
  record containers "$now"
  printf '%s' "$containers_json"
}

# crictl_list WORDS: its JSON; where it fails, its message and status 1
crictl_list() {
  crictl ${endpoint:+--runtime-endpoint "$endpoint"} "$@" -o json 2>/dev/null ||
    { crictl ${endpoint:+--runtime-endpoint "$endpoint"} "$@" -o json 2>&1 >/dev/null | tail -c 2000; return 1; }
}
