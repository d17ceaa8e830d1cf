# Has the node's own programs read files as they will be, in a folder of its own, before anything is changed.
# The caller has set: root, nonce, and tries_seconds, after which no other trial begins; crictl.sh stands before. For a kubelet
# also kubelet_pid_file and kubelet_unit, and provision_kubelet.sh and what it asks for stand before.

# begin_trial: only root can make the folder, and only root's answers would tell
begin_trial() {
  trial=$root/run/podwright-trial-$nonce
  mkdir -m 700 -- "$trial" 2>/dev/null || { record end; flush; exit 0; }
  trap 'rm -rf -- "$trial"' EXIT
  # dash and busybox take no EXIT trap when a signal ends them
  trap 'exit 1' HUP INT TERM
  # so that `flush` comes to know it
  trap : PIPE
  no_try_from=$((${now%.*} + tries_seconds))
}

# stage PATH <its text
stage() {
  mkdir -p -- "$trial${1%/*}" && cat >"$trial$1"
}

# try NUMBER PROGRAM ARGUMENTS...: nothing is reported of what the program takes, or is not there to tell
try() {
  complaint='' tried=$1
  shift
  alive
  [ "${now%.*}" -lt "$no_try_from" ] || return 0
  "trial_of_$@"
  [ -z "$complaint" ] || { record refused "$tried"; body "$complaint"; }
}

# refuses STATUS: not so if it was cut off, or killed, or could not be started: what it said until then tells nothing
refuses() { [ "$1" -eq 255 ] || { [ "$1" -gt 0 ] && [ "$1" -lt 124 ]; }; }

# told_of TEXT: without the folder's name
told_of() { printf '%s\n' "$1" | head -c 8192 | sed "s#$trial##g"; }

trial_of_sudoers() {
  command -v visudo >/dev/null 2>&1 || return 0
  said_of=$(limited visudo -c -f "$trial$1" 2>&1)
  refuses $? || return 0
  complaint="visudo: $(told_of "$said_of" | head -n 1)"
}

# trial_of_sshd: the whole configuration; what is wrong with the present one already is not told
trial_of_sshd() {
  command -v sshd >/dev/null 2>&1 || return 0
  ssh=$trial/etc/ssh
  mkdir -p -- "$ssh/sshd_config.d"
  for path in "$root"/etc/ssh/sshd_config "$root"/etc/ssh/sshd_config.d/*; do
    staged=$trial${path#"$root"}
    [ ! -f "$path" ] || [ -e "$staged" ] || cp -- "$path" "$staged" 2>/dev/null
  done
  [ -f "$ssh/sshd_config" ] || return 0
  included='^[[:space:]]*[Ii][Nn][Cc][Ll][Uu][Dd][Ee]'
  sed -e "/$included/s#^[[:space:]]*##" -e "/$included/s#\([[:space:]=]\)\(\"\{0,1\}\)/etc/ssh/#\1\2$ssh/#g" \
    -e "/$included/s#\([[:space:]=]\)\(\"\{0,1\}\)\([^/[:space:]\"=]\)#\1\2$ssh/\3#g" "$ssh/sshd_config" >"$ssh/whole" || return 0
  said_of=$(limited sshd -t -f "$ssh/whole" 2>&1)
  refuses $? || return 0
  said_of=$(told_of "$said_of" | sed 's#/etc/ssh/whole#/etc/ssh/sshd_config#g')
  alive
  said_now=$(limited sshd -t -f "$root/etc/ssh/sshd_config" 2>&1)
  status=$?
  [ "$status" = 0 ] || refuses "$status" || return 0
  while IFS= read -r line; do
    case $newline$said_now$newline in *"$newline$line$newline"*) ;; *) complaint="sshd: $line"; return ;; esac
  done <<SAID
$said_of
SAID
}

# trial_of_unit SERVICE: one that runs, or is to
trial_of_unit() {
  command -v systemd-analyze >/dev/null 2>&1 || return 0
  unit=${1#if-active:} units=$trial/etc/systemd/system fragment='' active=''
  case $unit in *.*) ;; *) unit=$unit.service ;; esac
  shown=$(limited systemctl show -p FragmentPath,ActiveState -- "$unit" 2>/dev/null)
  while IFS='=' read -r key value; do
    case $key.$value in ActiveState.active | ActiveState.reloading) active=yes ;; FragmentPath.*) fragment=$value ;; esac
  done <<SHOWN
$shown
SHOWN
  case $1 in if-active:*) [ -n "$active" ] || return 0 ;; esac
  mkdir -p -- "$units"
  template=$units/${unit%%@*}@.${unit##*.}
  if [ ! -f "$units/$unit" ]; then
    [ ! -f "$template" ] || fragment=$template
    [ -f "$fragment" ] && cp -- "$fragment" "$units/$unit" 2>/dev/null || return 0
  fi
  alive
  said_of=$(limited systemd-analyze verify --man=no "$units/$unit" 2>&1)
  refuses $? || return 0
  # others that it needs are verified too
  complaint=$(told_of "$said_of" | sed -n "s#^$unit: ##p" | head -n 1)
}

# trial_of_kubelet FILE MAIN SERVICE...: as provision_kubelet.sh tries it before a change; FILE and MAIN are what is to be written
trial_of_kubelet() {
  held='' held_main=''
  [ -z "$1" ] || [ ! -f "$trial$1" ] || held=${1#/}
  [ -z "$2" ] || [ ! -f "$trial$2" ] || held_main=${2#/}
  shift 2
  which_init
  uptime
  tried_from=${now%.*}
  complaint=$(work=$trial; try_kubelet "$@")
  uptime
  # its status is not known; one that was cut off took so long
  [ $((${now%.*} - tried_from)) -lt "$crictl_seconds" ] || complaint=''
}

# within a trial alone
fail() {
  printf '%s' "$2"
  exit 1
}
