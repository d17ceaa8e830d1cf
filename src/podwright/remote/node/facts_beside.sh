# Reports what works beside the kubelet: the runtime, kube-proxy, the proxies that they use, and what packets meet. kubelet.sh
# and crictl.sh stand before.

# the runtime and kube-proxy: which are the node's own, and the proxies that they and the kubelet use. kube-proxy is asked even
# if it runs in a pod, whose files are another matter
machine_beside() {
  proxy_kubeconfig=''
  [ -n "${beside+searched}" ] || { names=none; find_processes; }
  set --
  asked=''
  for entry in ${process:+"kubelet:$pid"} $beside; do
    id=${entry#*:}
    status_of "$id"
    its_owner_is_ours || continue
    if [ "${entry%%:*}" = kube-proxy ]; then machine_kube_proxy; continue; fi
    in_our_mounts "$proc/$id" || continue
    asked="$asked $entry"
    if [ -r "$proc/$id/environ" ]; then set -- "$@" "$proc/$id/environ"; else asked="$asked:hidden"; fi
  done
  [ -n "$asked" ] || return 0
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
  proxy_lines=$(sed -n 's/^ *\(kubeconfig\|metricsBindAddress\) *: *"\{0,1\}\([^" ]*\).*/\1 \2/p' "$proxy_config" | head -c 4096)
  record kube-proxy-settings
  body "$proxy_lines"
  case $home$proxy_lines in
    own*kubeconfig\ *) proxy_kubeconfig=${proxy_lines##*kubeconfig } proxy_kubeconfig=${proxy_kubeconfig%%"$newline"*} ;;
  esac
}

# what happens to packets for the node that no rule takes; nft would load the module if it is not there
input_policy() {
  [ -n "${options_wanted-}" ] && [ -d sys/module/nf_tables ] && command -v nft >/dev/null 2>&1 || return 0
  record machine-input
  body "$(limited nft list chains 2>/dev/null | grep 'hook input' | head -c 4096)"
}
