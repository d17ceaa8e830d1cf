# Reports what works beside the kubelet: the runtime, kube-proxy, kubeadm, the proxies that they use, and what packets meet.
# kubelet.sh, crictl.sh and availability.sh stand before.

# the runtime and kube-proxy: which are the node's own, how many files they and the kubelet may open, and the proxies that they
# use. kube-proxy is asked even
# if it runs in a pod, whose files are another matter
machine_beside() {
  proxy_kubeconfig=''
  [ -n "${beside+searched}" ] || { names=none; find_processes; }
  set --
  asked='' limit_files=''
  for entry in ${process:+"kubelet:$pid"} $beside; do
    id=${entry#*:}
    status_of "$id"
    its_owner_is_ours || continue
    if [ "${entry%%:*}" = kube-proxy ]; then machine_kube_proxy; continue; fi
    in_our_mounts "$proc/$id" || continue
    asked="$asked $entry"
    limit_files="$limit_files $proc/$id/limits"
    if [ -r "$proc/$id/environ" ]; then set -- "$@" "$proc/$id/environ"; else asked="$asked:hidden"; fi
  done
  [ -n "$asked" ] || return 0
  record machine-open-files
  # shellcheck disable=SC2086  # of /proc
  body "$(grep -sH '^Max open files' $limit_files)"
  record machine-proxies "${asked# }"
  [ $# -gt 0 ] || return 0
  flush
  grep -szaHiE '^(https?|no)_proxy=' "$@" 2>/dev/null | head -c 65536
}

machine_kube_proxy() {
  arguments_of_kubelet=${arguments-}
  arguments=$(tr '\0' '\n' 2>/dev/null <"$proc/$id/cmdline" | head -c 65536)
  flag config; proxy_config=$value
  flag kubeconfig; proxy_kubeconfig=$value
  if in_our_mounts "$proc/$id"; then home=own root=''; else home=pod root=$proc/$id/root; fi
  record kube-proxy "$id $home"
  body "$arguments"
  arguments=$arguments_of_kubelet
  proxy_config=$root$proxy_config
  [ "$home" = own ] || proxy_kubeconfig=''
  if [ ! -f "$proxy_config" ] || [ ! -r "$proxy_config" ]; then return; fi
  proxy_lines=$(sed -n 's/^ *\(kubeconfig\|metricsBindAddress\|mode\) *: *"\{0,1\}\([^" ]*\).*/\1 \2/p' "$proxy_config" | head -c 4096)
  record kube-proxy-settings
  body "$proxy_lines"
  case $home$proxy_lines in
    own*kubeconfig\ *) proxy_kubeconfig=${proxy_lines##*kubeconfig } proxy_kubeconfig=${proxy_kubeconfig%%"$newline"*} ;;
  esac
}

# what becomes of packets for the node: a front end's own list, otherwise the kernel's rules, of nft where packets begin. nft and
# iptables would load modules that are not there
input_rules() {
  [ -n "${options_wanted-}${ports_wanted-}" ] && command -v awk >/dev/null 2>&1 || return 0
  record machine-rules-asked
  if grep -qsx ENABLED=yes etc/ufw/ufw.conf && command -v ufw >/dev/null 2>&1; then
    record machine-ufw
    body "$(rules_of ufw status verbose | head -c 65536)"
  elif command -v firewall-cmd >/dev/null 2>&1 && systemctl -q is-active firewalld 2>/dev/null; then
    record machine-firewalld
    body "$(rules_of firewall-cmd --list-all-zones | head -c 65536)"
  elif [ -d sys/module/nf_tables ] && command -v nft >/dev/null 2>&1; then
    record machine-input
    body "$(rules_of nft list ruleset | input_chains | head -c 65536)"
  elif grep -qsx filter proc/net/ip_tables_names && command -v iptables-save >/dev/null 2>&1; then
    record machine-iptables
    body "$(rules_of iptables-save -t filter | grep -e '^:INPUT ' -e '^-A INPUT ' -e '^# failed' | head -c 65536)"
  fi
}

# rules_of PROGRAM ARGUMENTS: what it lists, and on a line of its own whether it failed
rules_of() { limited "$@" 2>/dev/null || printf '\n# failed\n'; }

# kube-proxy may have made thousands of others
input_chains() {
  awk '
    /^table / { table = $2 " " $3 }
    /^\tchain / { chain = ""; on = 1 }
    on { chain = chain "\n" $0 }
    on && /^\t}/ { if (chain ~ /hook input/) print "table " table chain; on = 0 }
    /^# failed/ { print }
  '
}

# with $options_wanted: the node's addresses, by which one packets leave it, whether its host name resolves, and its kubeadm
machine_network() {
  [ -n "${options_wanted-}" ] || return 0
  addresses proc
  if command -v ip >/dev/null 2>&1; then
    record machine-route
    # as Ansible asks; nothing is sent
    body "$(limited ip -4 route get 8.8.8.8 2>/dev/null | head -c 1000)"
  fi
  name=''
  read -r name 2>/dev/null <proc/sys/kernel/hostname
  case $name in
    '' | -* | *[!A-Za-z0-9.-]*) ;;
    *) if command -v getent >/dev/null 2>&1; then host_name_resolves; fi ;;
  esac
  if command -v kubeadm >/dev/null 2>&1; then
    record kubeadm-version
    body "$(limited kubeadm version -o short 2>/dev/null | head -c 300)"
  fi
}

# $name, as programs of the node resolve it; a name server that does not answer takes 2 s
host_name_resolves() {
  resolved=$(crictl_seconds=2; limited getent hosts "$name" 2>/dev/null)
  record machine-resolved "$?"
  body "${resolved%%"$newline"*}"
}
