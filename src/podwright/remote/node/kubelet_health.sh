# Asks a port of the node by curl or wget: of a node whose sshd does not forward. crictl.sh stands before.
# The caller has set: crictl_seconds.

# ask_health URL: what it answers, then the status; without an answer the status is 000, and without a program nothing is told
ask_health() {
  if command -v curl >/dev/null 2>&1; then
    answer=$(limited curl -q -s --noproxy '*' -w '\n%{http_code}' -- "$1" 2>/dev/null | head -c 8192)
  elif command -v wget >/dev/null 2>&1; then
    # it keeps the body of a refusal to itself
    answer=$(http_proxy='' no_proxy='*' limited wget -q -O - "$1" 2>/dev/null | head -c 8192)
    [ "$answer" != ok ] || answer=ok${newline}200
  else
    return 0
  fi
  record health
  body "$answer"
}
