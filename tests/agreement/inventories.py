"""Inventories for the corners of Ansible's rules: the files of each, and the sources that are read."""
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """Files by name; `sources` are relative to their folder, and so is the folder of a playbook."""

    files: dict[str, str]
    sources: tuple[str, ...] = ("hosts",)
    playbook: str | None = None

    def write(self, folder: Path) -> None:
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
            if text.startswith("#!"):
                path.chmod(0o755)


def ini(text: str, **more: str) -> Case:
    return Case({"hosts": text, **{name.replace("__", "/"): content for name, content in more.items()}})


def yaml(text: str, **more: str) -> Case:
    named = {name.replace("__", "/"): content for name, content in more.items()}
    return Case({"hosts.yaml": text, **named}, ("hosts.yaml",))


SCRIPT = "#!/bin/sh\ncase $1 in\n--list) echo '{list}';;\n--host) echo '{host}';;\nesac\n"

#: the password of what `ansible-vault` encrypted here
PASSWORD = "agreed"
VAULTED_FILE = "$ANSIBLE_VAULT;1.1;AES256\n38373833333762333465373635613036376362613365656266643064643365396232616236656566\n3238326466386361393534333465363262663435313132640a336335656232393537636433646136\n66643337376266653663646339323335356663323733303264653436663464323536383539366437\n6136333161353864380a303563613764316665323532636636323432383339303931343332356666\n64663835363465316536636433306561616366316334633463303632356430313961333962356333\n3634396137306433363638353562343663623730353063653064\n"
VAULTED_INI = "$ANSIBLE_VAULT;1.1;AES256\n32346662396163373865303231343463323362666638613737356432303665396130636332623763\n3734303531336331326365303164306266333339623164390a613465376531623334633535353934\n63656632643630633032656161303135653035306536326437663161323839643738303434626264\n3039303035333438320a313936333462666239613033643733626463303139386131313563366338\n65336638636535643461636566346562396430643561626339366638653965363164643663356364\n3239646339373562313333333237363634653731323238346235\n"
VAULTED_VALUE = "$ANSIBLE_VAULT;1.1;AES256\n        35323831343465613063636464643564633234336164653861343736353161373563303263343538\n        6630383032383435343163616334623036633536663336660a393665303865613731643038636564\n        63303339623263303036323231613863613034633035643632306461386637396261306162633633\n        3037653865633964620a636164656434373161663562383236313361363764613966643735393730\n        3364\n        "

CASES: dict[str, Case] = {
    "ini: numbers and truth": ini(
        "n a=1 b=0o17 c=017 d=1e3 e=0x1F f=1_000 g=-5 h=1.30 i=True j=true k=yes l=None m=null o=1.2.3 p=+7 q=.5 r=1e400 s=00\n"
    ),
    "ini: quotes inline": ini("""n a="True" b='1' c="'1'" d='"True"' e="a b" f='it''s' g="" h='' i="x=y" j=a"b"c\n"""),
    "ini: quotes of variables": ini("[g]\nn\n[g:vars]\na=\"True\"\nb='1'\nc=\"'1'\"\nd=a b\ne=\nf=''\ng='a' 'b'\nh=\"x\" # no comment\n"),
    "ini: lists and mappings": ini("""n a="[1, 'x', True]" b="{'k': [1, 2]}" c="(1, 2)" d="[a, b]" e='["a"]'\n[g]\nn\n[g:vars]\nl=['a', "b"]\nm={"a": {"b": None}}\nt=(1,)\nu={1: 2}\nv=[1,\n"""),
    "ini: unbalanced quotes in a section of variables": ini("[g]\nn\n[g:vars]\na='x\nb=x\"\nc=it's\n"),
    "ini: comments": ini("# c\n; c\nn a=1 # c\nm b=x#y c=2\nk d=';' e=a;b\n[g] # c\nn\n[g:vars]\na=x # kept\nb=#all\n; c=1\n"),
    "ini: spaces": ini("  n   a=1\tb=2  \n\n[g]  \n  n\n[g:vars]\n  a  =  x y  \nb= 1\n"),
    "ini: a value typed inline and otherwise in a section": ini('n a=1 b="1" c="\'1\'" \n[g]\nn\n[g:vars]\nx=1\ny="1"\nz=\'1\'\n'),
    "ini: equals signs": ini("n a=b=c d==e\n[all:vars]\nf=g=h\nargs=-o A=b -o C='d e'\n"),
    "ini: backslashes": ini("n a=\\d b='\\d' c=\"\\\\d\"\n[all:vars]\nd=C:\\dir\\new\ne='\\n'\n"),
    "ini: ranges": ini("[a]\nweb[01:03] x=1\ndb[a:c]\nn[0:10:5]\n[b]\nx[1:2]-[a:b]\ny[:2]\nz[08:11]\nk[A:C]\n"),
    "ini: ports": ini("a:22\nb:2222 ansible_port=2300\nc[1:2]:23\n[::1]:24\n10.0.0.[1:2]:25\nfe80::1\n[g]\na:99\n"),
    "ini: odd names": ini("h_x\nh-1.example.org\nümlaut\nh_:22\n1.2.3.4\n[my-group]\nh_x\n[g.dot]\nh_x\n[9g]\nh_x\n[grüppe]\nh_x\n"),
    "ini: ungrouped": ini("a\nb\n[g]\nb\n[ungrouped]\nc\nb\n[all]\nd\n"),
    "ini: children below and above": ini("[top:children]\nmid\nleaf2\n[mid:children]\nleaf\n[leaf]\na\n[leaf2]\nb\n[top:vars]\nx=top\n[mid:vars]\nx=mid\n[leaf:vars]\ny=leaf\n"),
    "ini: depth decides": ini("[a:children]\nb\n[b:children]\nc\n[c]\nn\n[z]\nn\n[a:vars]\nx=a\n[b:vars]\nx=b\n[c:vars]\nx=c\n[z:vars]\nx=z\ny=z\n[b:vars]\ny=b\n"),
    "ini: a child of two parents": ini("[p:children]\nk\n[q:children]\np\nk\n[k]\nn\n[p:vars]\nx=p\n[q:vars]\nx=q\n"),
    "ini: priority": ini("[a]\nn\n[b]\nn\n[a:vars]\nx=a\nansible_group_priority=10\n[b:vars]\nx=b\n"),
    "ini: names decide last": ini("[b]\nn\n[B]\nn\n[_c]\nn\n[a]\nn\n[b:vars]\nx=b\n[B:vars]\nx=B\n[_c:vars]\nx=_c\n[a:vars]\nx=a\n"),
    "ini: a group twice": ini("[g]\na x=1\n[h]\nb\n[g]\nc\na y=2 x=3\n[g:vars]\nv=1\n[g:vars]\nv=2\nw=1\n"),
    "ini: variables before the section": ini("[g:vars]\nx=1\n[g]\nn\n"),
    "ini: a host called like a group": ini("[web]\nweb x=1\nother\n"),
    "ini: expressions": ini("n a={{x}} b=\"{{ x | default('y') }}\"\n[all:vars]\nx=1\nc={{ x }}-{{ a }}\nd={% if x %}1{% endif %}\n"),
    "ini: windows line ends": ini("[g]\r\nn a=1\r\n[g:vars]\r\nb=x\r\n"),
    "ini: tabs and form feeds": ini("n\ta=1\t b=2\n[g]\n\tn\n"),
    "ini: no line end": ini("[g]\nn a=1"),
    "ini: bytes, complex and more literals": ini("n a=b'x' b=1+2j c=... d=1if e=0b11 f=1__0 g=-0 h=~1 i=not\n[all:vars]\nj={1}\nk=u'x'\nl=f'x'\nm='a' + 'b'\nn=1,2\no=- 1\n"),
    "ini: hosts on many lines": ini("a x=1\na y=2\n[g]\na x=3\n[h]\na:22 z=1\n"),
    "ini: comments in another encoding": ini("# caf\udce9\nn a=1 b=\u00e9\n; \udcfc\n"),
    # of a source in which something is wrong Ansible joins groups to `all` only beside another one
    "ini: a child without a section": Case({"hosts": "[g]\na\n[p:children]\ng\nlost\n[p:vars]\nx=1\n[h]\nb\n", "more": "c\n"}, ("hosts", "more")),
    "ini: variables of a group without a section": Case({"hosts": "[g]\na\n[lost:vars]\nx=1\n", "more": "c\n"}, ("hosts", "more")),
    "ini: groups without a host": ini("[g]\n# a\n[p:children]\ng\n[p:vars]\nx=1\n"),
    "ini: encrypted whole": ini(VAULTED_INI),
    "ini in a file called yml": Case({"hosts.yml": "[g]\nn a=1\n"}, ("hosts.yml",)),
    "yaml: the whole shape": yaml("all:\n  hosts:\n    a: {x: 1}\n    b:\n  vars: {y: [1, {z: yes}]}\n  children:\n    g:\n      hosts: {b: {x: 2}}\n      children: {h: {hosts: {c: }}}\n      vars: {y: 3}\n"),
    "yaml: top-level groups": yaml("g: {hosts: {a: , b: {x: 1}}}\nh: {children: {g: }, vars: {x: 2, z: 1}}\nall: {vars: {z: 0}}\n"),
    "yaml: strings for hosts and children": yaml("g: {hosts: a}\nh: {children: g}\n"),
    "yaml: scalars": yaml("all:\n  hosts:\n    n:\n      a: 017\n      b: 0o17\n      c: 1e3\n      d: 1.0e+3\n      e: yes\n      f: 'yes'\n      g: 12:30:45\n      h: ~\n      i: 0x1f\n      j: 1_000\n      k: off\n      m: !!str 5\n      o: |\n        x\n         y\n      p: >-\n        a\n        b\n      q: .inf\n      r: ''\n"),
    "yaml: anchors and merges": yaml("all:\n  hosts:\n    n: &n {a: 1, b: {c: 2}}\n    m: {<<: *n, a: 3}\n    o: {<<: [{x: 1, y: 1}, {x: 2, z: 2}], y: 5}\n"),
    "yaml: merged keys come first": yaml("all:\n  hosts:\n    n: &n {b: 1, a: {y: 1, x: 2}}\n    m: {c: 3, a: 4, <<: *n, d: 5}\n    o: {v: {c: 1, <<: {z: 1, b: {q: 1}}, b: 2}}\n    p: {<<: {a: 1, b: 1}, c: 1, <<: {b: 2, d: 2}}\n    q: {<<: [{a: 1, b: 1}, {b: 2, c: 2}]}\n"),
    "yaml: duplicate keys": yaml("g:\n  hosts: {a: {x: 1}}\n  hosts: {b: {x: 1, y: {z: 1, z: 2}, x: 2}, b: {w: 1}}\nh: {hosts: {c: }}\nh: {hosts: {d: }}\n"),
    "yaml: groups without a host": yaml("all: {children: {g: {vars: {x: 1}}, h: {hosts: }}}\n"),
    "yaml: names that are not text": yaml("all: {hosts: {n: {7.2: bar, 3: x, no: y}}}\n"),
    "yaml: values under !vault": yaml("all:\n  hosts:\n    n:\n      a: !vault |\n        " + VAULTED_VALUE + "\n      b: [{c: 1}]\n"),
    "yaml: ranges and ports": yaml("all:\n  hosts:\n    web[01:03]: {x: 1}\n    'db[a:c]:2222': {ansible_port: 1}\n    'e:23':\n    '[::1]:24':\n    10.0.0.[1:3]:\n"),
    "yaml: what Ansible skips": yaml("all:\n  hosts: {n: {x: 1}}\n  about: {a: 1}\n  note: text\napiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {a: b}\ng:\nh: {}\ni: {hosts: , vars: , children: }\n"),
    "yaml: priority and depth": yaml("a: {hosts: {n: }, vars: {x: a, ansible_group_priority: 5}}\nb: {hosts: {n: }, vars: {x: b, y: b}}\nc: {children: {b: }, vars: {x: c, y: c, ansible_group_priority: 9}}\n"),
    "yaml: empty values": yaml("all: {hosts: {a: {}, b: , c: {x: , y: {}, z: []}}, vars: {}}\n"),
    "yaml: unsafe text": yaml("all: {hosts: {n: {a: !unsafe '{{ x }}', b: '{{ x }}', x: 1}}}\n"),
    "json: text that is not a template": Case({"hosts.json": '{"all": {"hosts": {"n": {"a": {"__ansible_unsafe": "{{ x }}"}, "l": [{"__ansible_unsafe": "y"}]}}}}'}, ("hosts.json",)),
    "json: yaml's shape in json": Case({"hosts.json": '{"all": {"hosts": {"n": {"a": 1e3, "b": [true, null], "c": "\\ud83d\\ude00", "d": "1"}}, "vars": {"x": 0.5}}}'}, ("hosts.json",)),
    "files: with and without extensions": ini("[g]\nn\nm\n[h]\nn\n", group_vars__g="a: none\nb: 1\n", **{"group_vars/h.yml": "a: yml\n", "group_vars/h.yaml": "a: never\n", "group_vars/all.json": '{"a": "json", "c": 1e2}', "host_vars/n.yaml": "c: host\n", "host_vars/m": "c: plain\n"}),
    "files: folders": ini("[g]\nn\n", **{"group_vars/g/b.yml": "x: b\ny: b\n", "group_vars/g/a.yml": "x: a\nz: a\n", "group_vars/g/sub/c.yaml": "w: c\n", "group_vars/g/.hidden.yml": "x: hidden\n", "group_vars/g/old.yml~": "x: old\n", "group_vars/g/note.txt": "x: txt\n", "group_vars/g/bak.bak": "x: bak\n", "host_vars/n/main": "v: 1\n"}),
    "files: a folder wins over a file with an extension": ini("[g]\nn\n", **{"group_vars/g/a.yml": "x: folder\n", "group_vars/g.yml": "x: file\n"}),
    "files: precedence of all": ini("[g]\nn own=host\n[g:vars]\nx=group\nown=group\n[all:vars]\nx=all\n", group_vars__all="x: file of all\nown: file of all\n", **{"host_vars/m.yml": "x: 1\n"}),
    "files: priority in a file is a variable": ini("[a]\nn\n[b]\nn\n", group_vars__a="x: a\nansible_group_priority: 10\n", group_vars__b="x: b\n"),
    "files: duplicate keys": ini("n\n", group_vars__all="a: 1\nb: {c: 1, c: 2}\na: 3\n"),
    "files: encrypted whole": ini("[g]\nn\n", group_vars__g=VAULTED_FILE, **{"group_vars/all/vault.yml": VAULTED_FILE, "group_vars/all/vars.yml": "a: plain\n"}),
    "files: empty ones": ini("n x=1\n", group_vars__all="---\n", host_vars__n="# nothing\n"),
    "files: json with tabs": ini("n\n", **{"group_vars/all.json": '{\n\t"a": "x",\n\t"b": [1,\t2]}'}),
    "files: of hosts with dots and dashes": ini("n-1.example.org\n", **{"host_vars/n-1.example.org.yml": "a: 1\n", "host_vars/n-1": "a: 2\n"}),
    "folder: files in order": Case({"inv/20-b": "[g]\nn x=2\n", "inv/10-a.yml": "g: {hosts: {n: {x: 1, y: 1}, m: }}\n", "inv/sub/c": "[h]\nk\n", "inv/group_vars/g": "z: 1\n", "inv/old.bak": "[", "inv/x.cfg": "[", "inv/readme.md": "[", "inv/.hidden": "[", "inv/a~": "[", "inv/x.retry": "q\n"}, ("inv",)),
    "folder: playbooks and other files": Case({"inv/hosts": "[g]\nn\n", "inv/site.yml": "---\n- name: all\n  hosts: all\n  tasks: []\n", "inv/more.yaml": "- import_playbook: site.yml\n", "inv/Vagrantfile": "Vagrant.configure('2') do |config|\n  config.vm.box = 'x'\nend\n", "inv/run.sh": "if true; then\n"}, ("inv",)),
    "folder: a secret is a host": Case({"inv/hosts": "[g]\nn\n", "inv/credentials/token.creds": "aGVsbG8=\n", "inv/patches/x+merge.yaml": "---\napiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    a: b\n"}, ("inv",)),
    "sources: two files and their folders": Case({"a/hosts": "[g]\nn x=1 y=1\n", "b/hosts.yml": "g: {hosts: {n: {x: 2}}, vars: {v: b}}\n", "a/group_vars/g": "w: a\nz: a\n", "b/group_vars/g": "w: b\n", "b/group_vars/all": "z: b\n"}, ("a/hosts", "b/hosts.yml")),
    "sources: hosts of the command line": Case({"hosts": "[g]\na\n"}, ("b,c:22,a,", "hosts")),
    "sources: beside a playbook": Case({"inv/hosts": "[g]\nn\n", "inv/group_vars/g": "x: inv\ny: inv\n", "inv/host_vars/n": "h: inv\n", "group_vars/g": "x: play\n", "group_vars/all": "y: play of all\nz: 1\n", "host_vars/n.yml": "h: play\n"}, ("inv/hosts",), "."),
    "script: with meta": Case({"hosts.sh": SCRIPT.format(list='{"_meta": {"hostvars": {"a": {"x": 1, "e": 1e3}, "zz": {}}}, "g": {"hosts": ["a", "b"], "vars": {"v": [1, true]}, "children": ["h"]}, "h": {"hosts": ["c"]}}', host="{}")}, ("hosts.sh",)),
    "script: without meta": Case({"hosts.sh": SCRIPT.format(list='{"g": ["a"], "all": {"vars": {"x": 1}}}', host='{"y": "{{ x }}"}')}, ("hosts.sh",)),
    "constructed: variables of files": Case({"inv/1.ini": "[web]\nw1 port=1\nw2\n", "inv/2.yml": "plugin: constructed\nuse_vars_plugins: true\ncompose: {url: port ~ rack, seen: inline | default('no')}\nkeyed_groups: [{key: rack, prefix: rack}]\ngroups: {big: size == 9}\n", "inv/group_vars/all": "port: 80\nsize: 1\n", "inv/group_vars/web": "rack: r1\n", "inv/host_vars/w1": "rack: r2\nport: 8\nsize: 9\n"}, ("inv",)),
    "constructed: composed and conditional": Case({"1.ini": "[web]\nw1 rack=r1 size=four\nw2 rack=r2\n[db]\nd1 rack=r1 tags=\"['x', 'y-z']\"\n[db:vars]\nport=5432\n", "2.yml": "plugin: constructed\ncompose:\n  url: inventory_hostname ~ ':' ~ port\n  big: size | upper\n  braces: \"'{' ~ '{ x }' ~ '}'\"\n  lost: nowhere.at.all\ngroups:\n  served: url is defined\n  is-web: \"'web' in group_names\"\n  none: false\n  text: rack\nkeyed_groups:\n  - {key: rack, prefix: rack}\n  - {key: tags, prefix: tag, separator: '-'}\n  - {key: rack, separator: ''}\n  - {key: size, prefix: s, default_value: small}\n  - {key: \"{'k': rack}\", parent_group: keyed}\n"}, ("1.ini", "2.yml")),
}  # fmt: skip
