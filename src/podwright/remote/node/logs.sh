# Reports the last lines that containers printed.
# The caller has set: endpoint (or empty: crictl's own), and called observe_trust.

# observe_log CONTAINER: nothing if it cannot be read, for then what crictl prints is not the container's
observe_log() {
  [ -z "${endpoint_untrusted-}" ] && command -v crictl >/dev/null 2>&1 || return 0
  printed=$({ limited crictl ${endpoint:+--runtime-endpoint "$endpoint"} logs --tail 5 "$1" 2>&1 || printf %s "$nonce"; } | tail -c 4096)
  case $printed in *"$nonce") return 0 ;; esac
  record log "$1"
  body "$printed"
}

# print_log CONTAINER WORDS: what it printed, as it comes
print_log() {
  [ -z "${endpoint_untrusted-}" ] || exit 1
  container=$1
  shift
  crictl ${endpoint:+--runtime-endpoint "$endpoint"} logs "$@" "$container" 2>&1 || exit 1
}
