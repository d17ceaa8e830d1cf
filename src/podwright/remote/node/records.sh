# Shared by every program that podwright runs on a node. POSIX sh with coreutils or busybox.
# The caller has set: nonce (unguessable, frames the answer).
set -u
LC_ALL=C
export LC_ALL
# sudo's secure_path and non-login shells leave out where crictl is often installed
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin:/var/lib/rancher/rke2/bin
umask 077
# where the node's processes are shown; HOST_PROC is what containers that see the host's call it, if it is there
proc=/proc
case ${HOST_PROC-} in /*) [ -d "$HOST_PROC" ] && proc=$HOST_PROC ;; esac
newline='
'

# record KIND [WORDS]: opens a record; what `body` adds next is its body, byte for byte. Nothing goes out before `flush`,
# which must stand before whatever prints by itself: each printf would be a packet of its own
record() { said="$said$newline@$nonce $*$newline"; }
body() { said=$said$1; }
said=''

# a caller who hung up ends us even if SIGPIPE is ignored
flush() {
  [ -z "$said" ] || printf '%s' "$said" || nobody_listens
  said=''
}

# alive: between steps of which each may take some seconds; the caller gives up a program that reports nothing for 15 s
alive() {
  uptime
  [ $((${now%.*} - heard)) -ge 2 ] || return 0
  heard=${now%.*}
  record alive
  flush
}

# shellcheck disable=SC2317  # apply.sh has another
nobody_listens() { exit 1; }

# uptime -> $now, seconds with hundredths, without a fork
uptime() { read -r now _ </proc/uptime; }

pause() { sleep "$1" 2>/dev/null || sleep 1; }

# wall clock and monotonic clock together, so that the caller can convert. `date` is a program: a busy node lets seconds go by
# until it has answered, so the uptime is read on either side, and all again if these are far apart. The later one is told: a
# moment that is converted is then never later than it was
clock() {
  for attempt in 1 2 3 4 5; do
    hundredths; clock_begun=$hundredths
    wall_clock
    hundredths
    [ $((hundredths - clock_begun)) -gt 5 ] || break
  done
  record clock "$now $wall"
}

# -> $now, and $hundredths since the boot
hundredths() {
  uptime
  hundredths=${now%.*}${now#*.}
}

# -> $wall, and $seconds_now
wall_clock() {
  wall=$(date +%s.%N)
  seconds_now=${wall%%.*}
  # not every busybox knows %N
  case ${wall#*.} in '' | *[!0-9]*) wall=${wall%%.*} ;; esac
}

uptime
heard=${now%.*}
