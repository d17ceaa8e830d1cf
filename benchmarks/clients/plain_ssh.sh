#!/bin/sh
# One node's part with OpenSSH's own client, for xargs. Arguments: the fleet's folder, the rendered manifests, the action,
# names of files joined by commas, NODE=FOLDER.
set -eu
home=$1 rendered=$2 action=$3 names=$(printf %s "$4" | tr , ' ')
node=${5%%=*}
folder=${5#*=}
case $action in
  push)
    for name in $names; do
      ssh -F "$home/ssh_config" "$node" \
        "umask 077 && cat >$folder/.$name.new && mv $folder/.$name.new $folder/$name" <"$rendered/$node/$name"
    done
    ;;
  drift)
    ssh -n -F "$home/ssh_config" "$node" "cd $folder && sha256sum $names" >"$home/$node.sums"
    (cd "$rendered/$node" && sha256sum --quiet -c "$home/$node.sums")
    ;;
  remove) ssh -n -F "$home/ssh_config" "$node" "cd $folder && rm -f $names" ;;
esac
