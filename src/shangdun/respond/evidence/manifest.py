"""What goes out with exported evidence, so that anybody can check it without ShangDun.

``manifest.json`` names every item with its hash and its chain of custody; its own SHA-256 stands in
the ledger. ``SHA256SUMS`` is what ``sha256sum -c`` reads (GNU coreutils).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from shangdun.respond.evidence.custody import Link

FORMAT = "shangdun-evidence-1"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


class Item(msgspec.Struct, kw_only=True):
    """One item; ``path`` is where it lies in the export, times are ISO 8601 in UTC."""

    label: str
    path: str
    name: str
    original_name: str
    sha256: str
    size: int
    media_type: str
    flags: list[str]
    source: str
    origin: str
    note: str
    collected_at: str
    first_seal: str
    custody: list[Link]


class Manifest(msgspec.Struct, kw_only=True):
    """The whole export."""

    format: str = FORMAT
    incident: int
    title: str
    drill: bool
    exported_at: str
    exported_by: str
    purpose: str
    items: list[Item]


def item_path(number: int, name: str) -> str:
    """Where an item lies in the export; ``name`` is a cleaned one."""
    return f"files/E-{number:04d}_{name}"


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as it is written: JSON, indented for reading."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def sums(hashes: Mapping[str, str], texts: Mapping[str, bytes]) -> bytes:
    """``SHA256SUMS``: of items by the hash they were collected with, of texts by their bytes."""
    told = dict(hashes) | {
        path: hashlib.sha256(content).hexdigest() for path, content in texts.items()
    }
    return "".join(f"{told[path]}  {path}\n" for path in sorted(told)).encode()


README = """\
# 证据导出包 / Exported evidence

## 如何核验(不需要商盾)
1. 解压后在本目录执行:sha256sum -c SHA256SUMS (macOS:shasum -a 256 -c SHA256SUMS)
   每个文件显示 OK,即与采集时逐字节一致。
2. 执行:python3 verify_custody.py
   逐环重算保管链;任何一环被改动都会指出。
3. manifest.json 的 SHA-256 为 {manifest_sha256},
   已记入账本第 {seq} 条;ledger.json 含相关账本条目及最近的签名检查点。
   向出具方索取 `shangdun ledger verify` 的结果即可对照。

原文件未做任何修改,也未加密。请勿直接双击打开带有警示标记(manifest.json 中的 flags)的文件。
文件的原始名称在 manifest.json 的 original_name 中,仅作数据记录。

## How to verify (ShangDun is not needed)
1. Unpack, then in this folder: sha256sum -c SHA256SUMS (macOS: shasum -a 256 -c SHA256SUMS)
   OK for each file means: byte for byte what was collected.
2. python3 verify_custody.py
   reckons each link of every chain of custody again and names the first that was changed.
3. The SHA-256 of manifest.json is {manifest_sha256};
   it stands in entry {seq} of the ledger. ledger.json has the entries about these items and the
   newest signed checkpoint. Ask the issuer for the result of `shangdun ledger verify` to compare.

The files are as they were collected, neither changed nor encrypted. Do not open those with flags
(see manifest.json) outside a place made for it. Original names are kept as data in original_name.
"""

VERIFIER = '''\
"""Checks the chains of custody in manifest.json. Python 3 alone; nothing else is needed."""

import hashlib
import json
import sys


def canonical(value):
    """JSON as RFC 8785 writes it, for texts and whole numbers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(value):
    return hashlib.sha256(canonical(value)).hexdigest()


manifest = json.load(open("manifest.json", encoding="utf-8"))
wrong = 0
for item in manifest["items"]:
    number = int(item["label"].split("-")[1])
    previous = sha256(
        {
            "incident": manifest["incident"],
            "number": number,
            "sha256": item["sha256"],
            "size": item["size"],
        }
    )
    broken = 0
    for expected, link in enumerate(item["custody"], 1):
        fields = {name: value for name, value in link.items() if name != "hash"}
        sound = link["number"] == expected and link["previous"] == previous
        if not sound or sha256(fields) != link["hash"]:
            broken = expected
            break
        previous = link["hash"]
    wrong += bool(broken)
    print(item["label"], f"BROKEN at link {broken}" if broken else "chain holds", item["name"])
sys.exit(1 if wrong else 0)
'''


def texts_of(manifest: bytes, ledger: bytes, seq: int) -> dict[str, bytes]:
    """The export's texts by path, but for ``SHA256SUMS``."""
    digest = hashlib.sha256(manifest).hexdigest()
    return {
        MANIFEST: manifest,
        "ledger.json": ledger,
        "README.txt": README.format(manifest_sha256=digest, seq=seq or "-").encode(),
        "verify_custody.py": VERIFIER.encode(),
    }


def labels(items: Sequence[Item]) -> str:
    """The items' labels in one line."""
    return ", ".join(item.label for item in items)
