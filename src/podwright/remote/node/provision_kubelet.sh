# The kubelet of a node, which reads a drop-in of ours; provision.sh calls these; kubelet.sh, crictl.sh and
# kubelet_trial.sh stand before.
# The arguments of each: SERVICE FOLDER FILE SOAK STATIC-PODS PROGRAM MAIN RUNTIME HEALTHZ; FILE is ours in FOLDER, both are empty if our settings
# stand in its main file; HEALTHZ is ADDRESS:PORT or empty.
# The caller has set: kubelet_seconds, within which it is to be healthy, and what kubelet.sh asks for.

# look_kubelet: whether it reads FOLDER, or none, and began after its configuration was last written
look_kubelet() {
  since='' current=yes config='' drop_ins=''
  find_kubelet
  if [ -z "$pid" ]; then
    state=stopped
    [ -z "$several$distrusted" ] || state=unknown
    changed_since "$root" "$2" "$3"
    return 0
  fi
  arguments=$(tr '\0' '\n' <"$proc/$pid/cmdline")
  flag config; config=$(from_the_kubelet "$value")
  flag config-dir; drop_ins=$(from_the_kubelet "$value")
  while :; do case $drop_ins in ?*/) drop_ins=${drop_ins%/} ;; *) break ;; esac; done
  state="reads ${drop_ins:-no drop-ins}"
  [ "${drop_ins:-$root$2}" = "$root$2" ] || return 0
  kubelet_began
  set -- "$root/etc/systemd/system/$1.service.d"/[89]0-podwright-*.conf "$config"
  [ -z "$drop_ins" ] || set -- "$@" "$drop_ins" "$drop_ins"/*.conf "$drop_ins"/.*.conf "$drop_ins"/*/*.conf
  changed_since '' "$@"
  if [ -n "$drop_ins" ]; then state="current=$current"; else state="$state current=$current"; fi
}

# -> $since, Unix seconds; the 22nd field of its stat is in hundredths since the boot. The kernel tells when that was in whole
# seconds, so the true time may be one later; what one looks at twice must not differ by that
kubelet_began() {
  line='' booted=''
  read -r line 2>/dev/null <"$proc/$pid/stat"
  while read -r key value _; do
    [ "$key" != btime ] || { booted=$value; break; }
  done 2>/dev/null <"$proc/stat"
  [ -n "$booted" ] || { uptime; wall_clock; booted=$((seconds_now - ${now%.*})); }
  # shellcheck disable=SC2086  # fields
  set -- ${line##*) }
  since=$((booted + ${20:-0} / 100 + 1))
}

# observe_client: the certificate with which it speaks to the API, which machine_kubelet found
observe_client() {
  set --
  for file in "${kubeconfig#/}" "${certificate_dir#/}/kubelet-client-current.pem"; do
    [ ! -f "/$file" ] || set -- "$@" "$file"
  done
  [ $# -gt 0 ] || return 0
  record machine-texts
  flush
  certificates "$@" 2>/dev/null | head -c 65536
}

# learn_kubelet, after observe_kubelet: what is asked for of one whose pods are to move, or that is to be made
learn_kubelet() {
  observe_move "$5"
  [ -n "$6" ] || { learn_ways "$1" "$2"; return; }
  endpoint=${endpoint:-$8}
  record standalone
  for file in "$6" /usr/bin/kubelet /usr/local/bin/kubelet /opt/bin/kubelet; do
    [ ! -x "$root$file" ] || body "program $file$newline"
  done
  for file in "${8#unix://}" /run/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock; do
    [ ! -e "$root$file" ] || body "socket $file$newline"
  done
  if [ -n "$pid" ] || [ ! -x "$root$6" ]; then return 0; fi
  if untrusted "$root$6"; then body "untrusted $untrusted$newline"; return 0; fi
  record kubelet-version "$6"
  body "$(limited "$root$6" --version 2>/dev/null | head -c 300)"
}

# learn_ways SERVICE FOLDER: the files that may tell its settings to one that reads no drop-ins, or reads them because of us. Of
# its environment only what its unit adds to its arguments: the rest may be secret
learn_ways() {
  [ -n "$pid" ] && [ -z "$inside" ] || return 0
  look_file "/etc/systemd/system/$1.service.d/90-podwright-config-dir.conf" \
    "etc%systemd%system%$1.service.d%90-podwright-config-dir.conf"
  [ -z "$drop_ins" ] || [ "$recorded" = ours ] || return 0
  record unit-seen "$recorded $state"
  case $state in "file "*) show "$path" ;; esac
  record config-arguments
  # shellcheck disable=SC2016  # systemd's own word
  case $(systemctl show -p ExecStart -- "$1" 2>/dev/null) in
    *' $KUBELET_CONFIG_ARGS '*)
      body "$(tr '\0' '\n' <"$proc/$pid/environ" 2>/dev/null | sed -n 's/^KUBELET_CONFIG_ARGS=//p' | head -n 1 | head -c 4096)$newline"
      ;;
  esac
  record drop-in-elsewhere
  body "$(cd -- "$root$2/" 2>/dev/null && find . -name '*.conf' ! -type d ! -path ./90-podwright.conf | head -n 1)$newline"
  [ -z "$drop_ins" ] || return 0
  set -- "$(printf '%s' "${config#/}" | tr / %)"
  look_file "$config" "$1"
  record main-seen "$recorded $state"
  [ ! -f "$settings/$1.original" ] || { record main-original; show "$settings/$1.original"; }
}

# try_kubelet: its own check of what it will read, without its runtime and without the API's knowledge
try_kubelet() {
  look_kubelet "$@"
  was_running=$pid
  if [ -n "$pid" ]; then
    program=$(readlink "$proc/$pid/exe" 2>/dev/null)
  else
    # one that a package of this run is still to bring is not tried
    [ -n "$6" ] && [ -x "$root$6" ] && ! untrusted "$root$6" || return 0
    program=$root$6 drop_ins=$root$2 arguments=kubelet$newline--config=$root$7
  fi
  [ -z "$held_main" ] || arguments=$arguments$newline--config=$work/$held_main
  trial=$work/trial
  message=$(mkdir -- "$trial" "$trial/conf.d" 2>&1) || fail state-dir "$message"
  if [ -n "$3" ]; then
    # of one that reads none yet nothing but ours lies there
    copy_drop_ins "${drop_ins:-$root$2}" "$trial/conf.d"
    [ -z "$held" ] || cp -- "$work/$held" "$trial/conf.d/${3##*/}"
  fi
  start_trial "$trial" ${3:+"$trial/conf.d"} || fail state-dir "$trial_output"
  case $trial_output in *'validate CRI v1 runtime API for endpoint'*) return 0 ;; esac
  message=$(printf '%s\n' "$trial_output" | sed -n 's/.* err="\{0,1\}\(.*[^"]\)"\{0,1\}$/\1/p' | tail -n 1)
  fail kubelet-trial "${message:-${trial_output##*"$newline"}}"
}

# copy_drop_ins FROM TO: at any depth, hidden ones too
copy_drop_ins() {
  while IFS= read -r file; do
    [ -n "$file" ] || continue
    case ${file#./} in */*) mkdir -p -- "$2/${file%/*}" ;; esac
    cp -- "$1/$file" "$2/$file"
  done <<FILES
$(cd -- "$1" 2>/dev/null && find . -name '*.conf' ! -type d 2>/dev/null | head -n 300)
FILES
}

# make_kubelet: restarts it, and proves it
make_kubelet() {
  service=$1 soak=$4 healthz=$9
  look_kubelet "$@"
  old=$pid
  if [ -n "$undoing" ] && [ -z "$was_running" ]; then service_verb stop; return; fi
  if [ "$init" = systemd ]; then
    systemctl daemon-reload
    # after some failures it would not even begin a good one
    systemctl reset-failed -- "$service" 2>/dev/null
  fi
  service_verb restart || return
  prove_kubelet "$old"
}

# prove_kubelet OLD-PID: another process that is healthy stays for the soak
prove_kubelet() {
  uptime
  until=$((${now%.*} + kubelet_seconds))
  while find_kubelet; [ -z "$pid" ] || [ "$pid" = "$1" ] || ! healthy; do
    [ "${now%.*}" -lt "$until" ] || { message="it is not healthy within $kubelet_seconds s: $(last_words)"; return 1; }
    wait_a_second
  done
  proven=$pid
  until=$((${now%.*} + soak))
  while [ "${now%.*}" -lt "$until" ]; do
    wait_a_second
    find_kubelet
    [ "$pid" = "$proven" ] || { message="it ended again: $(last_words)"; return 1; }
  done
  healthy || { message="it is not healthy after $soak s: $(last_words)"; return 1; }
}

wait_a_second() {
  pause 1
  alive
}

# by what the node has; without it the process alone counts
healthy() {
  [ -n "$healthz" ] || return 0
  if command -v curl >/dev/null 2>&1; then
    curl -q -s -f -m 2 --noproxy '*' -o /dev/null -- "http://$healthz/healthz"
  elif command -v wget >/dev/null 2>&1; then
    http_proxy='' limited wget -q -O /dev/null "http://$healthz/healthz" 2>/dev/null
  fi
}

# what the journal has of it last
last_words() {
  [ "$init" = systemd ] || return 0
  journalctl -u "$service" -n 50 -o cat --no-pager 2>/dev/null | grep -E '^[EF][0-9]|failed' | tail -n 1 | head -c 1000
}
