# Reports whether the node has what manifests that would change need; kubelet.sh, crictl.sh and path_trust.sh stand before.

# would_change NAME DIGEST: whether the file is not there or does not hold it; the shell reads, which costs no fork
would_change() {
  [ -n "$folder" ] || return
  [ -f "$folder/$1" ] || return 0
  while IFS= read -r line; do
    case $line in *"$2"*) return 1 ;; esac
  done 2>/dev/null <"$folder/$1"
  return 0
}

# host_path TYPE PATH: as the kubelet checks it, which follows links
host_path() {
  there=${inside-}$2
  case $1 in
    Directory | DirectoryOrCreate) [ -d "$there" ] ;;
    File | FileOrCreate) [ -f "$there" ] ;;
    Socket) [ -S "$there" ] ;;
    CharDevice) [ -c "$there" ] ;;
    BlockDevice) [ -b "$there" ] ;;
  esac && return
  if [ -e "$there" ]; then record host-path "other $1 $2"; return; fi
  case $1 in *OrCreate) return ;; esac
  me
  # what stands in a folder that we may not search seems missing too
  if [ "$me" = 0 ] || [ -x "${there%/*}/" ]; then record host-path "missing $1 $2"; fi
}

observe_images() {
  [ -n "${images_needed-}" ] && [ -z "${endpoint_untrusted-}${runtime_silent-}" ] && command -v crictl >/dev/null 2>&1 || return 0
  images_json=$(crictl_list images) || return 0
  record images
  body "$images_json"
}
