# Reports what a guarded group must know of a node: whether it is about to go down or has just come up, and its addresses.

observe_availability() {
  # systemd makes the second one early, and removes it once users may log in
  for sign in /run/systemd/shutdown/scheduled /run/nologin; do
    if [ -e "$sign" ]; then record shutting-down; fi
  done
  addresses /proc
}

# addresses PROC: those of the node
addresses() {
  record addresses
  # the line above `/32 host LOCAL` names the address; a router's table may have a million others
  body "$(sed -n '/^ *\/32 host LOCAL$/{x;p;x;};h' "$1/net/fib_trie" 2>/dev/null)"
  record addresses-6
  body "$(cat "$1/net/if_inet6" 2>/dev/null)"
}
