# Reports the certificates in files and folders of the node, and nothing else of these files: keys above all stay there.

# certificates PATH...: of a file, or of a folder and the folders in it
certificates() {
  command -v awk >/dev/null 2>&1 || { record certificates-unknown 'there is no awk on the node'; return 0; }
  left=200
  for path in "$@"; do
    if [ -d "$path" ]; then
      for file in "$path"/*.crt "$path"/*.pem "$path"/*.cert "$path"/*/*.crt "$path"/*/*.pem "$path"/*/*.cert; do
        certificates_in "$file"
      done
    else
      certificates_in "$path"
    fi
  done
}

certificates_in() {
  [ -f "$1" ] && [ "$left" -gt 0 ] || return 0
  left=$((left - 1))
  [ -r "$1" ] || { record certificates-unknown "$1 cannot be read"; return 0; }
  record certificates-in "$1"
  # the chain of one server is short; a bundle of authorities is long
  body "$(head -c 131072 -- "$1" | awk '
    /-----BEGIN/ { on = 0 }
    /-----BEGIN CERTIFICATE-----/ { on = 1; if (++count > 4) exit }
    on { print }
    /-----END/ { on = 0 }' 2>/dev/null)"
  alive
}
