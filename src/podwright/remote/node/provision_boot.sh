# If the node goes down before a run is proven, its next boot puts the run's files back before it starts the kubelet; and if the
# run is killed, the next one finds that nothing was proven. $work has `files` (three lines of each: `NUMBER BEFORE AFTER`, of
# which two are digests or `absent`, its record and its path) and `program`, which systemd starts. provision.sh calls these;
# switch_pending.sh stands before. The caller has set: boot_before, the services that wait for the program.

# arm_boot: on the disk before the first change
arm_boot() {
  { printf '' >"$work/files"; } 2>/dev/null || fail state-dir "$work"
  [ "$init" = systemd ] && [ -w "$root/etc/systemd/system" ] || return 0
  wall_clock
  at_boot >"$work/program" || fail state-dir "$work"
  # shellcheck disable=SC2086  # words
  set -- $boot_before
  wants=$root/etc/systemd/system/multi-user.target.wants
  boot_unit=podwright-provision-$nonce.service
  mkdir -p -- "$wants"
  cat >"${wants%/*}/$boot_unit" <<UNIT || fail state-dir "${wants%/*}"
[Unit]
Description=Put back what a run of podwright changed, which was cut off before it was proven
Before=$(printf '%s.service ' "$@")
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

# at_boot: the program that puts back what is as the run left it; not what was cut off more than a day ago, which nobody
# remembers. Where others may write they find no name of its to put a link in the place of: it enters a folder of its own
at_boot() {
  cat <<PROGRAM
put() (
  cd -P -- "\${path%/*}/" && own=\$(mktemp -d "\${PWD%/}/.podwright.XXXXXX") && cd -P -- "\$own" && [ "\$PWD" = "\$own" ] || exit
  cp -p -- "$work/\$number.before" before && mv -f -- before "\$path"
  status=\$?
  rm -rf -- "\$own"
  exit \$status
)
tell() { printf '%s\n' "\$1" >>'$settings/put-back'; }
cd '$work' || exit 0
if [ \$((\$(date +%s) - $seconds_now)) -lt 86400 ]; then
  while read -r number was left && IFS= read -r name && IFS= read -r path; do
    found=absent
    if [ -h "\$path" ]; then found=link; elif [ -e "\$path" ]; then found=\$(sha256sum <"\$path"); fi
    # it was not written yet, or was taken back
    if [ "\${found%% *}" = "\$was" ] && { [ "\$was" != "\$left" ] || [ ! -f "\$number.before" ]; }; then continue; fi
    if [ "\${found%% *}" != "\$left" ]; then
      tell "left \$path"
    elif [ "\$was" = absent ]; then
      rm -f -- "\$path" && tell "\$path"
      [ -e "\$number.owned" ] || rm -f -- '$settings'/"\$name.owned"
    elif [ -f "\$number.before" ] && put; then
      restorecon -- "\$path" 2>/dev/null
      tell "\$path"
    else
      tell "left \$path"
    fi
  done <files
  sync
  systemctl daemon-reload
fi
rm -f -- '${root}/etc/systemd/system/podwright-provision-$nonce.service' \
  '${root}/etc/systemd/system/multi-user.target.wants/podwright-provision-$nonce.service'
rm -rf -- '$work'
PROGRAM
}

# will_change PATH NAME: to $target; of what was there a copy was kept
will_change() {
  [ -f "$work/files" ] || return 0
  path_of_it=$root$1 name_of_it=$2 was=absent
  if [ -f "$path_of_it" ]; then was=$(sha256sum <"$path_of_it"); fi
  # shellcheck disable=SC2086  # words
  set -- $target
  printf '%s\n' "$number ${was%% *} ${2-absent}" "$name_of_it" "$path_of_it" >>"$work/files"
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
