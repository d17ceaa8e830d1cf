# Reports the kubelet: its process, its configuration, and where it reads manifests; changes nothing.
# The caller has set: folder (the manifest folder, or empty: the kubelet's).

# the kubelet's pid, or that of the k3s or kubelite process it lives in -> $pid, $process; $several, if none of
# them is known to be ours
find_kubelet() {
  pid='' process='' several='' names='kubelet k3s-server k3s-agent k3s kubelite microshift'
  find_processes
  for process in ${running:+$names}; do
    candidates=''
    for entry in $running; do
      case $entry in *":$process") candidates="$candidates ${entry%%:*}" ;; esac
    done
    choose && return
  done
  process=''
}

# Of all processes those that are called one of $names -> $running, words of `PID:NAME`. The shell reads them itself: to
# start pidof costs more on a small node, and its search more on a large one
find_processes() {
  running=''
  for entry in "$proc"/[0-9]*; do
    comm=''
    read -r comm 2>/dev/null <"$entry/comm"
    case " $names " in *" $comm "*) ;; *) continue ;; esac
    impostor "$entry" && continue
    state_of "${entry##*/}"
    [ -z "$comm" ] || [ "$state" = Z ] || running="$running ${entry##*/}:$comm"
  done
}

# impostor PROCESS: for root, one that another user started: anybody may call a process `kubelet`, and name a folder to it
impostor() {
  # shellcheck disable=SC3067  # dash, bash, ksh and busybox have -O, and POSIX since 2024
  [ -O /proc/1 ] && [ ! -O "$1/comm" ]
}

# state_of PID -> $state; it stands behind the name, which may hold anything
state_of() {
  state=''
  read -r state 2>/dev/null <"$proc/$1/stat"
  state=${state##*) }
  state=${state%% *}
}

# choose: of $candidates the one that is ours -> $pid
choose() {
  for candidate in $candidates; do
    several="$several$pid"
    pid=$candidate
    # kind and other container hosts show the kubelets of their containers too: ours shares our mount namespace
    # shellcheck disable=SC3013  # dash, bash, ksh and busybox have -ef, and POSIX since 2024
    [ "$proc/$candidate/ns/mnt" -ef /proc/self/ns/mnt ] && { several=''; return; }
  done
  [ -n "$pid" ]
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

# The texts from which the caller reads the kubelet's configuration, and our own first reading of its folder -> $found
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
  [ -n "$config" ] && send_configuration "$config"
  if [ -n "$drop_ins" ] && [ -d "$drop_ins" ]; then
    # what a pipe's part says must go out there
    flush
    # name by name as Go's filepath.WalkDir, so `10/x.conf` before `10-a.conf`
    find "$drop_ins" -name '*.conf' ! -type d 2>/dev/null | tr / '\001' | sort | tr '\001' / |
      while IFS= read -r file; do send_configuration "$file"; flush; done
  fi
}

# a relative path is one below the kubelet's working folder
from_the_kubelet() {
  case $1 in
    '' | /*) printf '%s' "$1" ;;
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
  drop_ins=$k3s_data/agent/etc/kubelet.conf.d
  endpoint=unix:///run/k3s/containerd/containerd.sock
  found=$k3s_data/agent/pod-manifests
}

send_configuration() {
  record configuration "$1"
  # to open a FIFO would block us
  if [ -p "$1" ]; then record configuration-unreadable "$1"; return; fi
  flush
  head -c 1048576 -- "$1" 2>/dev/null || record configuration-unreadable "$1"
}

# The folder as the kubelet's configuration files plainly name it; the caller reads them again with a YAML parser and
# observes once more in the rare case that it comes to another answer
configured_folder() {
  [ -n "$found" ] && return
  for file in "$config" "${drop_ins:-/nowhere}"/*.conf; do
    [ -f "$file" ] || continue
    line=$(sed -n 's/^[[:space:]]*"\{0,1\}staticPodPath"\{0,1\}[[:space:]]*:[[:space:]]*//p' "$file" 2>/dev/null)
    line=${line%%"$newline"*}
    line=${line%,}
    line=${line#[\"\']}
    line=${line%[\"\']}
    [ -n "$line" ] && found=$line
  done
}

configured_endpoint() {
  [ -n "$endpoint" ] || [ ! -f "$config" ] || endpoint=$(
    sed -n 's/^[[:space:]]*"\{0,1\}containerRuntimeEndpoint"\{0,1\}[[:space:]]*:[[:space:]]*"\{0,1\}\([^", ]*\).*/\1/p' "$config" 2>/dev/null
  )
}

# -> $endpoint, its runtime, and $folder, the one it reads manifests from, unless the caller has set another
observe_kubelet() {
  host=''
  read -r host 2>/dev/null </proc/sys/kernel/hostname || host=$(uname -n)
  record host "$host"
  config='' drop_ins='' found='' endpoint=''
  find_kubelet
  if [ -n "$several" ]; then record kubelet-several "${candidates# }"; return; fi
  if [ -z "$pid" ] || [ ! -r "$proc/$pid/cmdline" ]; then
    record kubelet-missing "${pid:-}"
    return
  fi
  state_of "$pid"
  record kubelet "$pid $process ${state:-?}"
  kubelet_configuration
  configured_folder
  configured_endpoint
  case $found in /*) ;; *) return ;; esac
  while :; do case $found in ?*/) found=${found%/} ;; *) break ;; esac; done
  [ -n "$folder" ] || folder=$found
}
