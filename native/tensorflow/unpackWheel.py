"""Unpacks some members of a wheel: unpackWheel.py WHEEL FOLDER MEMBERS_JSON. Prints {path: size} as JSON.

A wheel is a zip file, and Python's own module checks each member's CRC. Python is available wherever pip is.
"""

import json
import os
import shutil
import sys
import zipfile


def main() -> None:
    wheel, folder, members = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    sizes = {}
    with zipfile.ZipFile(wheel) as archive:
        for member in members:
            info = archive.getinfo(member)
            target = os.path.join(folder, *member.split("/"))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with archive.open(info) as source, open(target, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            mode = (info.external_attr >> 16) & 0o777
            if mode & 0o100:
                os.chmod(target, mode | 0o600)
            sizes[member] = os.path.getsize(target)
    json.dump(sizes, sys.stdout)


main()
