# What lies under a name of the watched folder, and how it comes back.
# The caller has set: folder, nonce, selinux (a file that is there if SELinux is on).

# hash_of FILE -> $hash, or `absent`
hash_of() {
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then hash=absent; return; fi
  # to open a FIFO would block us
  [ -f "$1" ] || { hash=no-file; return; }
  hash=$(sha256sum <"$1" 2>/dev/null) || hash=unreadable
  hash=${hash%% *}
}

# label KEY NAME: if SELinux is on, the staged file gets the label that the policy has for its name to be. It has its folder's
label() {
  [ -e "$selinux" ] || return 0
  staged=$folder/.podwright.$nonce.$1
  wanted=$(matchpathcon -n -- "$folder/$2" 2>/dev/null)
  case $wanted in
    *:*:*) label_error=$(chcon -- "$wanted" "$staged" 2>&1) ;;
    *) label_error=$(restorecon -- "$staged" 2>&1) ;;
  esac
}

# bring_back NAME FILE SHA256: what FILE holds lies under NAME in one rename, if it is what is expected
bring_back() {
  staged=$folder/.podwright.$nonce.back
  { printf '' >"$staged" && chmod 600 -- "$staged"; } 2>/dev/null || return
  dd if="$2" of="$staged" bs=65536 conv=fsync 2>/dev/null || return
  label back "$1"
  hash_of "$staged"
  [ "$hash" = "$3" ] && mv -f -- "$staged" "$folder/$1"
}
