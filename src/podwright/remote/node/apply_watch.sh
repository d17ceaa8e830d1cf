# Shows what follows on a change, until the caller hangs up or the deadline passes; apply.sh stands before.
# The caller has set: kubelet_pid, and what crictl.sh asks for.

# passed SECONDS: whether that long has passed since the writes
passed() {
  uptime
  [ $((${now%.*} - ${started%.*})) -ge "$1" ]
}

files() {
  sums=$(regular_files_hashed)
  [ "$sums" = "${sums_before-none}" ] && return
  sums_before=$sums
  record files
  body "$sums"
}

regular_files_hashed() {
  cd "$folder" 2>/dev/null || return
  set --
  for entry in *; do
    [ -f "$entry" ] && set -- "$@" "$entry"
  done
  [ $# -eq 0 ] || sha256sum -- "$@" 2>/dev/null
}

kubelet_lives() {
  [ -z "$kubelet_pid" ] || [ -d "$proc/$kubelet_pid" ] || record kubelet-gone
}

# watch SECONDS: what the files and the runtime show, whenever it changes; a tick each round, so that a caller who hung
# up ends this program at the next write
watch() {
  rounds=0
  until passed "$1"; do
    second_writes
    if [ -z "$seconds_pending" ]; then
      [ -z "$unsettled" ] || all_written
      [ -z "$stopped" ] || [ -n "$restored" ] || return 0
    fi
    files
    runtime
    kubelet_lives
    uptime
    record tick "$now $asked"
    flush
    rounds=$((rounds + 1))
    if [ $rounds -lt 60 ]; then pause 0.1; else pause 0.5; fi
  done
  journal
}

all_written() {
  unsettled=''
  rm -f -- "$state_home/pending.$nonce"
  record unlocked
}

# What the kubelet itself said, as a hint for the report
journal() {
  command -v journalctl >/dev/null 2>&1 || return
  record journal
  flush
  limited journalctl -q --no-pager -o cat -n 400 --since "@$seconds_now" \
    -u kubelet -u k3s -u k3s-agent -u rke2-server -u rke2-agent -u microshift 2>/dev/null | tail -c 65536
}
