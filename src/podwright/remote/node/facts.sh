# Reports what the machine is: lines of its files, each after the name of its file, so that no line passes for another
# file's; the caller reads them. Changes nothing. kubelet.sh, crictl.sh, facts_proxies.sh and path_trust.sh stand before.

# where the machine's files are shown; HOST_ROOT is what containers that see the host's call it, if it is there
machine_root=/
case ${HOST_ROOT-} in /*) [ -d "$HOST_ROOT" ] && machine_root=$HOST_ROOT ;; esac

machine_sysctls='
vm/overcommit_memory vm/panic_on_oom vm/swappiness vm/max_map_count kernel/panic kernel/panic_on_oops kernel/pid_max
kernel/keys/root_maxkeys kernel/keys/root_maxbytes fs/file-max fs/nr_open
fs/inotify/max_user_instances fs/inotify/max_user_watches
net/ipv4/ip_forward net/ipv4/conf/all/rp_filter net/ipv4/ip_local_port_range net/ipv4/ip_local_reserved_ports
net/ipv6/conf/all/forwarding net/ipv6/conf/default/forwarding
net/bridge/bridge-nf-call-iptables net/bridge/bridge-nf-call-ip6tables
net/netfilter/nf_conntrack_max net/netfilter/nf_conntrack_count'
machine_files='
etc/os-release usr/lib/os-release etc/machine-id etc/fstab etc/dphys-swapfile etc/hosts etc/resolv.conf etc/crictl.yaml
etc/systemd/zram-generator.conf usr/lib/systemd/zram-generator.conf etc/ufw/ufw.conf etc/tuned/active_profile
etc/modules etc/modules-load.d/*.conf run/modules-load.d/*.conf usr/lib/modules-load.d/*.conf
etc/sysctl.conf etc/sysctl.d/*.conf run/sysctl.d/*.conf usr/local/lib/sysctl.d/*.conf usr/lib/sysctl.d/*.conf
run/systemd/shutdown/scheduled run/systemd/container var/run/reboot-required
proc/1/comm proc/meminfo proc/swaps proc/cgroups proc/filesystems proc/sys/kernel/hostname proc/sys/kernel/osrelease
proc/sys/kernel/arch proc/sys/kernel/random/boot_id
sys/fs/cgroup/cgroup.controllers sys/fs/selinux/enforce sys/module/apparmor/parameters/enabled sys/kernel/security/lsm
sys/class/dmi/id/sys_vendor sys/class/dmi/id/product_name sys/class/dmi/id/product_uuid sys/devices/system/cpu/online'
# of these only the lines that tell something
machine_long_files='proc/mounts proc/stat etc/containerd/config.toml etc/crio/crio.conf etc/crio/crio.conf.d/*.conf'
remote_lines=' (nfs4?|cifs|smb3|ceph|autofs|fuse\.[a-z]*) '
machine_lines="$remote_lines| cgroup2? |/sys/fs/cgroup |^btime |SystemdCgroup|cgroup_manager"
kernel_lines='^CONFIG_(CGROUPS|CGROUP_(PIDS|DEVICE|FREEZER|CPUACCT|SCHED|BPF|HUGETLB)|MEMCG|CPUSETS|BLK_CGROUP|NAMESPACES'
kernel_lines="$kernel_lines|(UTS|IPC|PID|NET|USER)_NS|FAIR_GROUP_SCHED|CFS_BANDWIDTH|INOTIFY_USER|OVERLAY_FS|VETH|BRIDGE"
kernel_lines="$kernel_lines|BRIDGE_NETFILTER|NF_CONNTRACK|NF_NAT|IP_VS|IP_SET|IP_NF_IPTABLES|NF_TABLES|SECCOMP|SECCOMP_FILTER|EXT4_FS|XFS_FS)="
machine_paths='
run/systemd/system run/openrc run/nologin run/systemd/timesync/synchronized .dockerenv run/.containerenv proc/net/ip_vs
proc/sys/net/bridge proc/config.gz run/ostree-booted run/ostree/staged-deployment kind etc/machine-config-daemon
etc/rancher/k3s etc/rancher/rke2 var/lib/rancher/rke2 etc/k0s var/lib/k0s etc/microshift etc/kubernetes/kubelet.conf
etc/kubernetes/bootstrap-kubelet.conf etc/kubernetes/pki/ca.crt var/lib/kubelet/kubeadm-flags.env
var/lib/kubelet/instance-config.yaml etc/kubernetes/kubelet.env
run/containerd/containerd.sock run/crio/crio.sock run/cri-dockerd.sock run/k3s/containerd/containerd.sock
run/k0s/containerd.sock run/systemd/generator*/*.swap etc/systemd/system/*.swap etc/systemd/system/swap.target
etc/runlevels/*/swap etc/runlevels/*/kubelet run/openrc/started/kubelet run/systemd/generator/local-fs.target.wants
var/lib/etcd/member etc/resolv.conf run/systemd/resolve/resolv.conf'
machine_owned='
etc/kubernetes/manifests etc/kubernetes/manifests/* etc/kubernetes/*.conf etc/kubernetes/pki etc/kubernetes/pki/*
etc/kubernetes/pki/etcd/* etc/cni/net.d etc/cni/net.d/* var/lib/etcd var/lib/kubelet/*.yaml var/lib/kubelet/*.conf
lib/systemd/system/kubelet.service usr/lib/systemd/system/kubelet.service etc/systemd/system/kubelet.service
usr/lib/systemd/system/kubelet.service.d/*.conf etc/systemd/system/kubelet.service.d/*.conf'
machine_certificates='
etc/kubernetes/pki/*.crt etc/kubernetes/pki/etcd/*.crt etc/kubernetes/*.conf var/lib/k0s/pki/*.crt
var/lib/rancher/*/server/tls/*.crt var/lib/rancher/*/server/tls/etcd/*.crt var/lib/rancher/*/agent/*.crt'
machine_disks='/ var var/log var/lib/kubelet var/lib/containerd var/lib/containers var/lib/rancher var/lib/etcd'
machine_tools='awk ip iptables nft mount umount nsenter conntrack ebtables ethtool socat tc touch modprobe sysctl crictl chronyc kubeadm'
machine_units='
kubelet k3s k3s-agent rke2-server rke2-agent k0scontroller k0sworker microshift containerd crio cri-docker docker firewalld
ufw nftables systemd-timesyncd chronyd chrony ntpd tuned'

unit_properties=Id,LoadState,ActiveState,UnitFileState,NRestarts,Result,FragmentPath,DropInPaths,NeedDaemonReload

observe_machine() {
  me
  record machine "$me"
  cd -- "$machine_root" || return
  machine_kubelet
  machine_beside
  existing_paths
  machine_texts
  alive
  owned_files
  disks
  machine_network
  listening
  alive
  tools
  units
  input_rules
  machine_time
  alive
  machine_runtime
  cd /
}

# readable LIST -> $chosen: of its files those that can be read. What is there and cannot be, and what is no file, such as a
# link to nothing, is told. A name that a line could not stand for is left out
readable() {
  chosen='' unread=''
  for file in $1; do
    case $file in *[!A-Za-z0-9_.@+/=-]*) continue ;; esac
    if [ -f "$file" ] && [ -r "$file" ]; then
      chosen="$chosen $file"
    elif [ -f "$file" ] || [ -e "$file" ] && [ ! -r "$file" ]; then
      unread="${unread}unreadable $file$newline"
    elif [ -h "$file" ]; then
      unread="${unread}masked $file$newline"
    fi
  done
  [ -z "$unread" ] || { record machine-unread; body "$unread"; }
}

existing_paths() {
  record machine-paths
  for path in $machine_paths; do
    case $path in *[!A-Za-z0-9_.@+/=\\-]*) continue ;; esac
    if [ -h "$path" ] && [ ! -f "$path" ] && [ ! -d "$path" ]; then
      body "masked $path$newline"
    elif [ -e "$path" ]; then
      body "there $path$newline"
    fi
  done
}

# without what is empty or a comment; of long files only what counts -> $long
machine_texts() {
  for entry in sys/class/net/*/device; do machine_files="$machine_files ${entry%/device}/address"; done
  for entry in $machine_sysctls; do machine_files="$machine_files proc/sys/$entry"; done
  # where /lib is no link it has files of its own
  [ -h lib ] || machine_files="$machine_files lib/sysctl.d/*.conf"
  readable "$machine_files"
  texts=$chosen
  kernel_options=''
  [ -z "${options_wanted-}" ] || find_kernel_options
  readable "$machine_long_files $kernel_options"
  # shellcheck disable=SC2086  # lists of names without spaces
  long=$(grep -sHE -m 1000 "$machine_lines|$kernel_lines" $chosen 2>/dev/null)
  readable "$machine_certificates ${certificate_dir#/}/kubelet-client-current.pem ${certificate_dir#/}/kubelet.crt \
    ${certificate_dir#/}/kubelet-server-current.pem ${kubeconfig#/}"
  record machine-texts
  body "$long$newline"
  flush
  {
    # shellcheck disable=SC2086
    grep -sHv '^[[:space:]]*\(#\|$\)' $texts
    # shellcheck disable=SC2086
    [ -z "$chosen" ] || certificates $chosen
  } 2>/dev/null | head -c 2097152
  [ -f proc/sys/kernel/arch ] || { record machine-architecture; body "$(uname -m)"; }
}

# with $options_wanted, which the caller has set: to read it costs more than most other files together -> $kernel_options, the
# kernel's configuration
find_kernel_options() {
  release=''
  read -r release 2>/dev/null <proc/sys/kernel/osrelease
  for entry in "boot/config-$release" "usr/lib/modules/$release/config" "lib/modules/$release/config" \
    "usr/lib/ostree-boot/config-$release" "usr/lib/kernel/config-$release" "usr/src/linux-$release/.config"; do
    [ -n "$kernel_options" ] || [ ! -f "$entry" ] || kernel_options=$entry
  done
  if [ -z "$kernel_options" ] && [ -f proc/config.gz ]; then
    record machine-options
    flush
    gzip -dc proc/config.gz 2>/dev/null | grep -E "$kernel_lines"
  fi
}

# certificates FILES: those of files and of kubeconfigs, and whose server; what else stands there, keys above all, stays there
certificates() {
  command -v awk >/dev/null 2>&1 || return 0
  awk '
    FNR == 1 || /-----BEGIN/ { on = 0 }
    /-----BEGIN CERTIFICATE-----/ { on = 1 }
    on { print FILENAME ":" $0 }
    /-----END/ { on = 0 }
    match($0, /^[ \t]*server"?[ \t]*:[ \t]*"?https?:[^", \t]+/) { print FILENAME ":" substr($0, RSTART, RLENGTH) }
    match($0, /client-certificate(-data)?"?[ \t]*:[ \t]*"?[^", \t]+/) { print FILENAME ":" substr($0, RSTART, RLENGTH) }
  ' "$@"
}

# the process that find_kubelet chose: when it was started, by what, and which program it is
machine_kubelet() {
  certificate_dir=/var/lib/kubelet/pki kubeconfig=''
  [ -n "${pid-}" ] && [ -z "${several-}" ] && [ -r "$proc/$pid/cmdline" ] || return 0
  flag cert-dir; certificate_dir=${value:-$certificate_dir}
  flag kubeconfig; kubeconfig=$value
  pem=${certificate_dir#/}/kubelet-client-current.pem
  if [ -h "$pem" ]; then record client-certificate link; elif [ -e "$pem" ]; then record client-certificate file; fi
  line=''
  read -r line 2>/dev/null <"$proc/$pid/stat"
  record kubelet-process "${line##*) }"
  while read -r line; do body "$line$newline"; done 2>/dev/null <"$proc/$pid/cgroup"
  [ -z "$inside" ] || return 0
  program=$(readlink "$proc/$pid/exe" 2>/dev/null) || return 0
  case ${program##*/} in
    kubelet* | k3s* | kubelite | microshift | rke2*) program_trusted "$proc/$pid" || return 0 ;;
    *) return 0 ;;
  esac
  record kubelet-version "$program"
  body "$(limited "$proc/$pid/exe" --version 2>/dev/null | head -c 300)"
}

# who owns what is critical, and its mode; the files that the kubelet's own configuration names too
owned_files() {
  named=''
  if [ -n "${config-}" ] && [ -f "$config" ]; then
    named=$(sed -n 's/^[" ]*\(clientCAFile\|tlsCertFile\|tlsPrivateKeyFile\)"\{0,1\}[ ]*:[" ]*\/\([^", ]*\).*/\2/p' "$config" 2>/dev/null)
    named="$named ${config#/}"
  fi
  case ${found-} in
    '' | /etc/kubernetes/manifests) ;;
    *) named="$named ${found#/} ${found#/}/*" ;;
  esac
  set --
  for file in $machine_owned $named "${certificate_dir#/}"/* ${kubeconfig#/} ${proxy_kubeconfig#/}; do
    case $file in *[!A-Za-z0-9_.@+/=-]*) continue ;; esac
    if [ -e "$file" ] && [ $# -lt 300 ]; then set -- "$@" "$file"; fi
  done
  [ $# -gt 0 ] || return 0
  record machine-owned
  body "$(stat -L -c '%a %U %G %Y %F:%n' -- "$@" 2>/dev/null)"
}

# how full the file systems are; not of those whose server may not answer
disks() {
  remote=''
  case $long in
    *' nfs'* | *' cifs '* | *' smb3 '* | *' ceph '* | *' autofs '* | *' fuse.'*)
      remote=$(grep -E "$remote_lines" proc/mounts | cut -d ' ' -f 2)
      ;;
  esac
  set --
  for path in $machine_disks; do
    for mount in $remote; do
      case /$path/ in "$mount"/*) [ "$mount" = / ] || continue 2 ;; esac
    done
    [ ! -d "$path" ] || set -- "$@" "$path"
  done
  [ $# -gt 0 ] || return 0
  record machine-disks
  body "$(stat -f -c '%S %b %a %c %d %T:%n' -- "$@" 2>/dev/null)"
}

# how many inotify instances there are; with $ports_wanted, which the caller has set, also listening sockets as the kernel
# shows them, and whose they are. To read those tables costs more than all else if they are large
listening() {
  chosen=''
  [ -z "${ports_wanted-}" ] || readable 'proc/net/tcp proc/net/tcp6 proc/net/udp proc/net/udp6'
  command -v awk >/dev/null 2>&1 || return 0
  record machine-ports "${chosen:+asked}"
  flush
  # shellcheck disable=SC2086,SC2016,SC2012
  ls -ln "$proc"/[0-9]*/fd 2>/dev/null | awk -v proc="$proc" '
    FILENAME ~ /net\/tcp/ && $4 == "0A" || FILENAME ~ /net\/udp/ && $4 == "07" {
      if (listening++ < 5000) print substr(FILENAME, 10) " " $2 " " $10
      wanted[$10] = 1; next
    }
    FILENAME != "-" { next }
    /^\/.*\/fd:$/ { pid = substr($0, length(proc) + 2); sub(/\/fd:$/, "", pid); next }
    /inotify/ { watching++; next }
    /socket:\[/ {
      inode = $0; sub(/.*socket:\[/, "", inode); sub(/\].*/, "", inode)
      if (!(inode in wanted) || (pid, inode) in told) next
      if (owners++ > 10000) next
      told[pid, inode] = 1; comm = ""; file = proc "/" pid "/comm"; getline comm < file; close(file)
      print "owner " inode " " pid " " comm
    }
    END { print "inotify " watching + 0 }
  ' $chosen - 2>/dev/null
}

tools() {
  record machine-tools
  for tool in $machine_tools; do
    if command -v "$tool" >/dev/null 2>&1; then body "$tool$newline"; fi
  done
}

units() {
  [ -d run/systemd/system ] && command -v systemctl >/dev/null 2>&1 || return 0
  record machine-units
  # shellcheck disable=SC2086
  body "$(limited systemctl show -p "$unit_properties" $machine_units 2>/dev/null | head -c 65536)"
}

machine_time() {
  clock
  if command -v chronyc >/dev/null 2>&1 && said_of_time=$(limited chronyc -c tracking 2>/dev/null); then
    record machine-sync chronyc
    body "$said_of_time"
  elif [ -e run/systemd/timesync/synchronized ]; then
    record machine-sync timesyncd
  elif [ -d run/systemd/system ] && said_of_time=$(limited timedatectl show -p NTPSynchronized 2>/dev/null); then
    record machine-sync timedatectl
    body "$said_of_time"
  elif command -v adjtimex >/dev/null 2>&1; then
    record machine-sync adjtimex
    body "$(adjtimex 2>/dev/null | head -c 2000)"
  fi
}

machine_runtime() {
  command -v crictl >/dev/null 2>&1 || { record runtime-version-missing; return; }
  [ -z "${endpoint_untrusted-}" ] || { record runtime-version-missing "$endpoint_untrusted"; return; }
  record runtime-version
  said_of_runtime=${runtime_silent:-$(ask_runtime version)}
  body "$said_of_runtime"
  # one that hangs is waited for once
  case $said_of_runtime in *'no answer within'* | *eadline*) return ;; esac
  alive
  record runtime-settings
  body "$(limited crictl ${endpoint:+--runtime-endpoint "$endpoint"} runtime-config 2>/dev/null | head -c 4096)"
}

# ask_runtime COMMAND: what it prints, or that it does not answer
ask_runtime() {
  {
    limited crictl ${endpoint:+--runtime-endpoint "$endpoint"} "$1" 2>&1
    case $? in 124 | 137 | 143) printf '\nno answer within %s s' "$crictl_seconds" ;; esac
  } | tail -c 2000
}
