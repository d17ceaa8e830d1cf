# Whether the pods of a node outlive the restart of its kubelet or its runtime, and whether there is room for that;
# provision.sh calls these, and kubelet.sh, crictl.sh, facts.sh and path_trust.sh stand before.
# The caller has set: root, endpoint, and kubelet_seconds, within which a runtime is to answer again.

# observe_room: what a kubelet looks at before it evicts pods, after observe_kubelet
observe_room() {
  machine_root=$root/ value=''
  cd -- "$machine_root" || return
  [ -z "${arguments-}" ] || flag root-dir
  value=${value:-/var/lib/kubelet}
  record root-dir "${value#/}"
  machine_disks="${value#/} var/lib/containerd var/lib/containers var/lib/docker var/lib/rancher"
  # by which `disks` knows file systems whose server may not answer
  long=$(cat proc/mounts 2>/dev/null)
  disks
  record room
  body "$(grep -E '^(MemTotal|MemFree|Inactive\(file\)):' proc/meminfo 2>/dev/null)$newline"
  tasks=''
  read -r _ _ _ tasks _ 2>/dev/null <proc/loadavg
  body "tasks: ${tasks#*/}${newline}pids: $(cat proc/sys/kernel/pid_max 2>/dev/null)$newline"
  cd / || exit 1
}

# still_room: $least has `SIGNAL AMOUNT FOLDER` of each threshold below which pods are evicted; what cannot be told stops nothing
still_room() {
  while read -r signal amount at; do
    available=''
    case $signal in
      memory.available)
        available=$(awk '/^(MemFree|Inactive\(file\)):/ { sum += $2 } END { printf "%.0f", sum * 1024 }' "$root/proc/meminfo" 2>/dev/null)
        ;;
      pid.available)
        read -r _ _ _ tasks _ 2>/dev/null <"$root/proc/loadavg" && available=$(($(cat "$root/proc/sys/kernel/pid_max") - ${tasks#*/}))
        ;;
      *.available) available=$(($(stat -f -c '%S * %a' -- "$root$at" 2>/dev/null || echo "$amount"))) ;;
      *.inodesFree) available=$(stat -f -c %d -- "$root$at" 2>/dev/null) ;;
    esac
    case $available in '' | *[!0-9]*) continue ;; esac
    [ "$available" -ge "$amount" ] || fail pressure "it is under pressure by now: \`$signal\` is $available, and pods are evicted below $amount"
  done <<LEAST
$least
LEAST
}

# observe_sandboxes: why it could not be seen that they stay
observe_sandboxes() {
  ready_sandboxes
  [ "$sandboxes" != unknown ] || { record sandboxes-unknown; body "$message"; }
}

# ready_sandboxes -> $sandboxes, lines of `ID SOURCE NAMESPACE/NAME`, or `unknown` with $message. Pods of jobs end by themselves
ready_sandboxes() {
  sandboxes=unknown
  message='the node has no crictl'
  command -v crictl >/dev/null 2>&1 && command -v awk >/dev/null 2>&1 || return 0
  case $endpoint in unix:///*) ! untrusted "${endpoint#unix://}" || { message="others can change the runtime's socket"; return 0; } ;; esac
  pods_json=$(crictl_list pods) || { message=$pods_json; return 0; }
  sandboxes=$(printf '%s\n' "$pods_json" | awk '
    { value = $2; gsub(/[",]/, "", value) }
    /^    \{/ { id = space = pod = ""; source = "-"; job = ready = 0 }
    /^      "id": / { id = value }
    /^      "metadata": / { inside = 1 }
    /^      \}/ { inside = 0 }
    inside && /^        "name": / { pod = value }
    inside && /^        "namespace": / { space = value }
    /^        "(batch.kubernetes.io\/)?job-name": / { job = 1 }
    /^        "kubernetes.io\/config.source": "file"/ { source = "file" }
    /^      "state": "SANDBOX_READY"/ { ready = 1 }
    /^    \}/ { if (ready && !job) print id " " source " " space "/" pod }
  ')
}

# note_sandboxes -> $before, once
note_sandboxes() {
  [ -z "${noted-}" ] || return 0
  noted=yes
  ready_sandboxes
  before=$sandboxes
}

# sandboxes_stay: each of $before, as soon as the runtime answers; static pods that move run again instead
sandboxes_stay() {
  [ "$before" != unknown ] || return 0
  uptime
  until=$((${now%.*} + kubelet_seconds))
  while ready_sandboxes; [ "$sandboxes" = unknown ]; do
    [ "${now%.*}" -lt "$until" ] || { message="its runtime does not answer within $kubelet_seconds s: $message"; return 1; }
    wait_a_second
  done
  lost=''
  while IFS= read -r line; do
    case $newline$sandboxes$newline in
      *"$newline$line$newline"*) ;;
      *) [ -z "$line" ] || moves "$line" || [ ${#lost} -gt 300 ] || lost="$lost ${line##* }" ;;
    esac
  done <<BEFORE
$before
BEFORE
  [ -z "$lost" ] || { message="pods ended with the restart:$lost"; return 1; }
  [ -z "$move_to" ] || pods_run_again
}

moves() { case $move_to.$1 in /*.*" file "*) ;; *) return 1 ;; esac; }
