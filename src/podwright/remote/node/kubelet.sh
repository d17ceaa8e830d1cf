# Reports the kubelet: its process, its configuration, and where it reads manifests; changes nothing.
# The caller has set: folder (the manifest folder, or empty: the kubelet's), endpoint_asked (the runtime's, or empty: the
# kubelet's), kubelet_pid_file and kubelet_unit (which kubelet is this node's, or empty: it is searched for).

# the kubelet's pid, or that of the k3s or kubelite process it lives in -> $pid, $process; without one, $several of them.
# $inside is the root of its files, if that is not ours
find_kubelet() {
  pid='' process='' several='' elsewhere='' distrusted='' inside=''
  me
  if [ -n "$kubelet_pid_file$kubelet_unit" ]; then named_kubelet; return; fi
  names='kubelet k3s-server k3s-agent k3s kubelite microshift'
  find_processes
  for process in ${running:+$names}; do
    choose && return
  done
  process=''
}

# Of all processes those that are called one of $names and can be this node's kubelet -> $running, words of
# `PID:PARENT:NAME`; those that cannot: $elsewhere, $distrusted. Of what works beside it -> $beside, words of `NAME:PID`. The
# shell reads them itself: to start pidof costs more on a small node, and its search more on a large one
find_processes() {
  running='' beside=''
  for entry in "$proc"/[0-9]*; do
    comm=''
    read -r comm 2>/dev/null <"$entry/comm"
    case $comm in
      kubelet[0-9]* | kubelet[-_.][0-9]* | kubelet[-_.]v[0-9]*) comm=kubelet ;;
      kube-proxy | containerd | crio | cri-dockerd | dockerd) beside="$beside $comm:${entry##*/}" ;;
    esac
    case " $names " in *" $comm "*) ;; *) continue ;; esac
    status_of "${entry##*/}"
    case $comm$state in '' | "$comm" | "$comm"Z) continue ;; esac
    its_owner_is_ours || continue
    if ! in_our_mounts "$entry"; then elsewhere="$elsewhere ${entry##*/}"; continue; fi
    program_trusted "$entry" || { distrusted="${entry##*/} $untrusted"; continue; }
    running="$running ${entry##*/}:$parent:$comm"
  done
}

# status_of PID -> $state, $parent, $uids and $gids: real, effective, saved and of the file system
status_of() {
  state='' parent='' uids='' gids=''
  [ -r "$proc/$1/status" ] || return
  while read -r key one two three four _; do
    case $key in
      State:) state=$one ;;
      PPid:) parent=$one ;;
      Uid:) uids="$one $two $three $four" ;;
      Gid:) gids="$one $two $three $four"; return ;;
    esac
  done 2>/dev/null <"$proc/$1/status"
}

# its_owner_is_ours: whether root alone started it, or the login, if that is not root. Anybody may call a process `kubelet`
# and name a folder to it; and with a setuid program, all but the real uid are root's
its_owner_is_ours() {
  case $uids in
    '0 0 0 0') [ "$gids" = '0 0 0 0' ] ;;
    "$me $me $me $me") ;;
    *) return 1 ;;
  esac
}

# in_our_mounts PROCESS: kind, other container hosts and sandboxes show the kubelets of their containers too. Who is not
# root cannot see where root's is
in_our_mounts() {
  # shellcheck disable=SC3013  # dash, bash, ksh and busybox have -ef, and POSIX since 2024
  [ "$1/ns/mnt" -ef /proc/self/ns/mnt ] || { [ "$me" != 0 ] && [ ! -e "$1/ns/mnt" ]; }
}

# program_trusted PROCESS: nobody else may change the file that it runs
program_trusted() {
  program=$(readlink "$1/exe" 2>/dev/null) || { [ "$me" != 0 ]; return; }
  ! untrusted "${program% (deleted)}"
}

# choose: of $running the one that is called $process -> $pid; a kubelet that starts a program is two for an instant
choose() {
  candidates=' '
  for entry in $running; do
    case $entry in *":$process") candidates="$candidates${entry%%:*} " ;; esac
  done
  for entry in $running; do
    case $entry in *":$process") ;; *) continue ;; esac
    parent=${entry#*:}
    case $candidates in *" ${parent%%:*} "*) continue ;; esac
    several="$several${pid:+ }$pid"
    pid=${entry%%:*}
  done
  [ -z "$several" ] || { several="${several# } $pid"; pid=''; }
  [ -n "$pid$several" ]
}

# The one that the inventory names, which may run in a container on purpose
named_kubelet() {
  if [ -z "$kubelet_pid_file" ]; then
    pid=$(systemctl show -p MainPID -- "$kubelet_unit" 2>/dev/null)
    pid=${pid#MainPID=}
  elif untrusted "$kubelet_pid_file"; then
    distrusted="$kubelet_pid_file $untrusted"
  elif [ -f "$kubelet_pid_file" ]; then
    read -r pid 2>/dev/null <"$kubelet_pid_file"
  fi
  case $pid in 0 | *[!0-9]* | ???????????*) pid='' ;; esac
  [ -n "$pid" ] || return
  status_of "$pid"
  if [ -z "$state" ] || ! its_owner_is_ours; then pid=''; return; fi
  read -r process 2>/dev/null <"$proc/$pid/comm"
  in_our_mounts "$proc/$pid" || inside=$proc/$pid/root
}

# flag NAME: the last value of --NAME among the kubelet's arguments -> $value
flag() {
  value='' previous=''
  while IFS= read -r argument; do
    case $argument in "--$1="*) value=${argument#*=} ;; esac
    [ "$previous" = "--$1" ] && value=$argument
    previous=$argument
  done <<ARGUMENTS
$arguments
ARGUMENTS
}

# The texts from which the caller reads the kubelet's configuration, and our own first reading of its folder -> $found, and
# of the runtime's $endpoint
kubelet_configuration() {
  arguments=$(tr '\0' '\n' <"$proc/$pid/cmdline")
  record arguments
  body "$arguments"
  flag config; config=$(from_the_kubelet "$value")
  flag config-dir; drop_ins=$(from_the_kubelet "$value")
  flag pod-manifest-path; found=$value
  flag container-runtime-endpoint; endpoint=$value
  case $process in
    k3s*) k3s_configuration ;;
  esac
  set --
  [ -z "$config" ] || set -- "$config"
  if [ -n "$drop_ins" ] && [ -d "$drop_ins" ]; then
    # name by name as Go's filepath.WalkDir, so `10/x.conf` before `10-a.conf`
    while IFS= read -r file; do [ -z "$file" ] || set -- "$@" "$file"; done <<FILES
$(find "$drop_ins" -name '*.conf' ! -type d 2>/dev/null | tr / '\001' | sort | tr '\001' / | head -n 300)
FILES
  fi
  for file; do send_configuration "$file"; done
  plainly_configured "$@"
  case $process in
    k3s*)
      found=${found:-$k3s_data/agent/pod-manifests}
      endpoint=${endpoint:-unix:///run/k3s/containerd/containerd.sock}
      ;;
  esac
  case $endpoint in unix:///*) endpoint=unix://$inside${endpoint#unix://} ;; esac
}

# a relative path is one below the kubelet's working folder
from_the_kubelet() {
  case $1 in
    '') ;;
    /*) printf '%s' "$inside$1" ;;
    *) printf '%s' "$proc/$pid/cwd/$1" ;;
  esac
}

# k3s runs the kubelet inside its own process and hands it a folder of its own below the data folder
k3s_configuration() {
  flag data-dir
  k3s_data=$value
  # k3s hides its arguments; it runs from what it unpacked below its data folder
  if [ -z "$k3s_data" ]; then
    k3s_data=$(readlink "$proc/$pid/exe" 2>/dev/null)
    case $k3s_data in */data/*/bin/*) k3s_data=${k3s_data%/data/*} ;; *) k3s_data='' ;; esac
  fi
  [ -n "$k3s_data" ] || k3s_data=$(sed -n 's/^data-dir:[[:space:]]*//p' /etc/rancher/k3s/config.yaml 2>/dev/null)
  k3s_data=${k3s_data#[\"\']}
  k3s_data=${k3s_data%[\"\']}
  [ -n "$k3s_data" ] || k3s_data=/var/lib/rancher/k3s
  record k3s-data
  body "$k3s_data"
  drop_ins=$inside$k3s_data/agent/etc/kubelet.conf.d
}

send_configuration() {
  record configuration "$1"
  # to open a FIFO would block us
  if [ -p "$1" ]; then record configuration-unreadable "$1"; return; fi
  flush
  head -c 1048576 -- "$1" 2>/dev/null || record configuration-unreadable "$1"
}

# plainly_configured FILES: the folder and the endpoint as they plainly name them, each file over the one before; the caller
# reads them again as the kubelet does, and looks once more in the rare case that it comes to another answer
plainly_configured() {
  count=$#
  for file; do [ ! -f "$file" ] || set -- "$@" "$file"; done
  shift "$count"
  [ $# -gt 0 ] || return 0
  flag_folder=$found flag_endpoint=$endpoint
  while read -r key value; do
    value=${value#[\"\']}
    value=${value%%[\"\',\ ]*}
    [ -n "$value" ] || continue
    case $key in
      folder) [ -n "$flag_folder" ] || found=$value ;;
      endpoint) [ -n "$flag_endpoint" ] || endpoint=$value ;;
    esac
  done <<SETTINGS
$(sed -n -e 's/^[[:space:]]*"\{0,1\}staticPodPath"\{0,1\}[[:space:]]*:[[:space:]]*/folder /p' \
    -e 's/^[[:space:]]*"\{0,1\}containerRuntimeEndpoint"\{0,1\}[[:space:]]*:[[:space:]]*/endpoint /p' "$@" 2>/dev/null)
SETTINGS
}

# Why there is none to be believed, and what tells those apart that are there
no_kubelet() {
  record kubelet-missing "$pid"
  [ -z "$distrusted" ] || record kubelet-distrusted "$distrusted"
  [ -z "$elsewhere" ] || record kubelet-elsewhere "${elsewhere# }"
  [ -n "$several" ] || return
  record kubelet-several "$several"
  for pid in $several; do
    body "$pid $(readlink "$proc/$pid/exe") $(tr '\0' ' ' <"$proc/$pid/cmdline" | head -c 300)$newline"
  done
}

# -> $endpoint, its runtime, and $folder, the one it reads manifests from, unless the caller has set another
observe_kubelet() {
  host=''
  read -r host 2>/dev/null </proc/sys/kernel/hostname || host=$(uname -n)
  record host "$host"
  config='' drop_ins='' found='' endpoint=''
  find_kubelet
  if [ -z "$pid" ] || [ ! -r "$proc/$pid/cmdline" ]; then no_kubelet; return; fi
  status_of "$pid"
  record kubelet "$pid $process ${state:-?} $inside"
  kubelet_configuration
  [ -z "$endpoint_asked" ] || endpoint=$endpoint_asked
  record endpoint "$endpoint"
  # of another mount namespace its folder has another path here
  [ -z "$inside" ] || return
  case $found in /*) ;; *) return ;; esac
  while :; do case $found in ?*/) found=${found%/} ;; *) break ;; esac; done
  [ -n "$folder" ] || folder=$found
}
