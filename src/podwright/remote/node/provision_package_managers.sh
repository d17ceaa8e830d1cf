# What each package manager does; provision_packages.sh calls these. Nothing asks a person, files of configuration that were
# changed stay, and no index is refreshed but by refresh_MANAGER.

apt_get() {
  bounded apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@"
}

version_apt() {
  shown=$(dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$package" 2>/dev/null)
  case $shown in 'installed '*) found=${shown#* } found=${found%%"$newline"*} ;; esac
}

# candidate_apt VERSION
candidate_apt() {
  if [ -n "$1" ]; then
    while IFS=' |' read -r _ version _; do [ "$version" != "$1" ] || candidate=$1; done <<FOUND
$(apt-cache madison "$package" 2>/dev/null)
FOUND
  else
    candidate=$(apt-cache policy "$package" 2>/dev/null | sed -n 's/^  Candidate: //p')
    [ "$candidate" != '(none)' ] || candidate=''
  fi
}

hold_apt() { if [ -n "$(apt-mark showhold "$package" 2>/dev/null)" ]; then held=yes; else held=no; fi; }

others_apt() {
  others=''
  simulated=$(apt-get -s -q --allow-change-held-packages remove "$package" 2>/dev/null) || { others='?'; return 0; }
  while read -r word listed _; do
    [ "$word $listed" = "Remv $package" ] || [ "$word" != Remv ] || others=$others${others:+,}$listed
  done <<SIMULATED
$simulated
SIMULATED
}

# known ones of which only files of configuration are left have no version
list_apt() { dpkg-query -W -f '${binary:Package} ${db:Status-Status} ${Version}\n' | sed 's/ installed / /; t; s/ .*/ -/'; }

refresh_apt() { apt_get update; }

# install_apt fetch| VERSION: nothing else is removed for it
install_apt() { apt_get ${1:+--download-only} --no-remove --allow-downgrades install "$package${2:+=$2}"; }

remove_apt() { apt_get remove "$package"; }

change_hold_apt() { if [ "$1" = yes ]; then apt-mark hold "$package"; else apt-mark unhold "$package"; fi; }

undo_apt() {
  set --
  while read -r listed; do set -- "$@" "$listed-"; done <"$work/new"
  while read -r listed version; do set -- "$@" "$listed=$version"; done <"$work/lost"
  bounded dpkg --configure -a
  apt_get --allow-downgrades --allow-change-held-packages install "$@" || return
  set --
  while read -r listed; do grep -q "^$listed " "$old_list" || set -- "$@" "$listed"; done <"$work/new"
  [ $# = 0 ] || apt_get purge "$@"
}

version_rpm() { found=$(rpm -q --qf '%{EVR}\n' "$package" 2>/dev/null) || found=''; found=${found%%"$newline"*}; }

others_rpm() {
  others=''
  ! simulated=$(rpm -e --test "$package" 2>&1) || return 0
  others=$(printf '%s\n' "$simulated" | sed -n 's/.* (installed) \(.*\)-[^-]*-[^-]*$/\1/p' | sort -u | tr '\n' ',')
  others=${others%,}
  # it would not go, and not because of others
  [ -n "$others" ] || others='?'
}

list_rpm() { rpm -qa --qf '%{NAME} %{EVR}\n' | sort -u; }

dnf_() { bounded dnf -q -y "$@"; }

version_dnf() { version_rpm; }

candidate_dnf() {
  if [ -n "$1" ]; then set -- "$package-$1"; else set -- --latest-limit=1 "$package"; fi
  candidate=$(dnf -q -C repoquery --qf '%{evr}\n' "$@" 2>/dev/null | head -n 1)
  candidate=${candidate#0:}
}

# both forms in which the plugin lists them
hold_dnf() {
  locks=$(dnf -q -C versionlock list 2>/dev/null) || { held=unsupported; return 0; }
  held=no
  ! printf '%s\n' "$locks" | grep -q -e "^$package-[0-9]" -e "^Package name: $package\$" || held=yes
}

others_dnf() { others_rpm; }

list_dnf() { list_rpm; }

refresh_dnf() { dnf_ makecache --refresh; }

install_dnf() { dnf_ ${1:+--downloadonly} install "$package${2:+-$2}"; }

remove_dnf() { dnf_ remove --noautoremove "$package"; }

change_hold_dnf() { if [ "$1" = yes ]; then dnf_ versionlock add "$package"; else dnf_ versionlock delete "$package"; fi; }

undo_dnf() {
  set --
  while read -r listed; do set -- "$@" "$listed"; done <"$work/new"
  [ $# = 0 ] || dnf_ remove --noautoremove "$@" || return
  set --
  while read -r listed version; do set -- "$@" "$listed-$version"; done <"$work/lost"
  [ $# = 0 ] || dnf_ install "$@"
}

# it also fails to tell that the node or a program is to begin again, or that a repository was left out
zypper_() {
  bounded zypper -n -q --no-refresh "$@"
  zypper_status=$?
  case $zypper_status in 102 | 103 | 106) ;; *) return $zypper_status ;; esac
}

version_zypper() { version_rpm; }

candidate_zypper() {
  while IFS='|' read -r _ _ _ version _; do
    version=${version# } version=${version%"${version##*[! ]}"}
    case $version in '' | Version) continue ;; esac
    [ "${1:-$version}" != "$version" ] || { candidate=$version; return 0; }
  done <<FOUND
$(zypper_ search -s --match-exact -t package "$package" 2>/dev/null)
FOUND
}

hold_zypper() { held=no; ! zypper_ locks 2>/dev/null | grep -q "| $package  *|" || held=yes; }

others_zypper() { others_rpm; }

list_zypper() { list_rpm; }

refresh_zypper() { bounded zypper -n -q refresh; }

install_zypper() { zypper_ install ${1:+--download-only} --oldpackage "$package${2:+=$2}"; }

remove_zypper() { zypper_ remove "$package"; }

change_hold_zypper() { if [ "$1" = yes ]; then zypper_ addlock "$package"; else zypper_ removelock "$package"; fi; }

undo_zypper() {
  set --
  while read -r listed; do set -- "$@" "$listed"; done <"$work/new"
  [ $# = 0 ] || zypper_ remove "$@" || return
  set --
  while read -r listed version; do set -- "$@" "$listed=$version"; done <"$work/lost"
  [ $# = 0 ] || zypper_ install --oldpackage "$@"
}

version_apk() { found=$(apk info -e -v "$package" 2>/dev/null); found=${found#"$package-"}; }

candidate_apk() {
  candidate=$(apk add -s --no-network "$package${1:+=$1}" 2>/dev/null | sed -n "s/^([0-9/]*) [A-Z][a-z]*ing $package (\(.* -> \)\{0,1\}\(.*\))\$/\2/p")
}

# a version in the list of what is wanted holds it
hold_apk() { held=no; ! grep -qs "^$package=" "$root/etc/apk/world" || held=yes; }

# it takes nothing away that something else needs
others_apk() { others=''; }

list_apk() { apk info -v | sed 's/-\([^-]*-r[0-9]*\)$/ \1/' | sort; }

refresh_apk() { bounded apk update -q; }

install_apk() {
  pinned=''
  case " $target " in *' version='*) pinned="=$2" ;; esac
  bounded apk add -q ${1:+-s} "$package$pinned"
}

remove_apk() { bounded apk del -q "$package"; }

change_hold_apk() {
  version_apk
  [ -z "$found" ] || if [ "$1" = yes ]; then bounded apk add -q "$package=$found"; else bounded apk add -q "$package"; fi
}

# the list of what is wanted decides; others may have added to it since
undo_apk() {
  listed="^$package\([=<>~@].*\)\{0,1\}\$"
  { grep -v "$listed" "$root/etc/apk/world"; grep "$listed" "$work/$number.world"; } >"$work/world"
  cp -- "$work/world" "$root/etc/apk/world" && bounded apk add -q
}
