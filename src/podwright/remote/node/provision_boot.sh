# If the node goes down before a run is proven, its next boot puts the run's files back before it starts the kubelet; and if the
# run is killed, the next one finds that nothing was proven. $work has `files` (`NUMBER RECORD PATH` of each) and `program`,
# which systemd starts. provision.sh calls these; pending.sh stands before.

# arm_boot: on the disk before the first change
arm_boot() {
  { printf '' >"$work/files"; } 2>/dev/null || fail state-dir "$work"
  [ "$init" = systemd ] && [ -w "$root/etc/systemd/system" ] || return 0
  wall_clock
  at_boot >"$work/program" || fail state-dir "$work"
  wants=$root/etc/systemd/system/multi-user.target.wants
  boot_unit=podwright-provision-$nonce.service
  mkdir -p -- "$wants"
  cat >"${wants%/*}/$boot_unit" <<UNIT || fail state-dir "${wants%/*}"
[Unit]
Description=Put back what a run of podwright changed, which was cut off before it was proven
Before=kubelet.service containerd.service crio.service docker.service cri-docker.service
RequiresMountsFor=$work
ConditionPathExists=$work/program

[Service]
Type=oneshot
ExecStart=/bin/sh $work/program
UNIT
  chmod 644 -- "${wants%/*}/$boot_unit" || fail state-dir "$wants"
  ln -s "../$boot_unit" "$wants/$boot_unit" || fail state-dir "$wants"
  sync
}

# at_boot: the program that puts back; not what was cut off more than a day ago, which nobody remembers
at_boot() {
  cat <<PROGRAM
cd '$work' || exit 0
if [ \$((\$(date +%s) - $seconds_now)) -lt 86400 ]; then
  while read -r number name path; do
    if [ -f "\$number.before" ]; then
      cp -p -- "\$number.before" "\$path.podwright" && mv -f -- "\$path.podwright" "\$path"
      restorecon -- "\$path" 2>/dev/null
    else
      rm -f -- "\$path"
      [ -e "\$number.owned" ] || rm -f -- '$settings'/"\$name.owned"
    fi
    printf '%s\n' "\$path" >>'$settings/put-back'
  done <files
  sync
  systemctl daemon-reload
fi
rm -f -- '${root}/etc/systemd/system/podwright-provision-$nonce.service' \
  '${root}/etc/systemd/system/multi-user.target.wants/podwright-provision-$nonce.service'
rm -rf -- '$work'
PROGRAM
}

# will_change PATH NAME: of which a copy was kept, if it was there
will_change() {
  [ -f "$work/files" ] || return 0
  printf '%s\n' "$number $2 $root$1" >>"$work/files"
  sync -- "$work/$number.before" "$work/files" 2>/dev/null || sync
}

# before the run says that it has ended, and on the disk: what it reports as done no boot puts back
disarm_boot() {
  [ -n "${boot_unit-}" ] || return 0
  rm -f -- "$wants/$boot_unit" "${wants%/*}/$boot_unit"
  boot_unit=''
  sync
}

# cut_off: whether a run ended that did not prove what it changed
cut_off() {
  for cut in "$settings"/.[0-9a-f]*; do
    if [ -s "$cut/files" ] && ! is_kept "$cut"; then return 0; fi
  done
  return 1
}
