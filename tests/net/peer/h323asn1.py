# SPDX-License-Identifier: GPL-2.0
"""H.323's PDUs, encoded from the ASN.1 by somebody else's compiler.

The modules and the compiler (asn1tools) are what tests/vm/asn1 has fetched;
nothing here knows how a message looks. What asn1tools does otherwise than
X.691 is put right: additions are there or not each by itself, an open type has
one octet at least, whoever reads goes on where its length says, and large
indices and bitmaps have their length in an octet of its own.

A value is written with the components that matter; complete() adds what is
mandatory besides. A component "+N" of a SEQUENCE is the raw content of
extension addition N, known to the ASN.1 or not.
"""

import hashlib
import os
import pickle
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))


def _folder():
    env = dict(os.environ)
    if "NF_ALG_CACHE" in env:
        env["XDG_CACHE_HOME"] = os.path.dirname(env["NF_ALG_CACHE"])
    return subprocess.run([os.path.join(TOP, "tests/vm/asn1")], env=env,
                          check=True, stdout=subprocess.PIPE,
                          text=True).stdout.strip()


FOLDER = _folder()
sys.path.insert(0, os.path.join(FOLDER, "python"))

import asn1tools                                            # noqa: E402
from asn1tools.codecs import per                            # noqa: E402

MODULES = ("H235-SECURITY-MESSAGES", "MULTIMEDIA-SYSTEM-CONTROL",
           "H323-MESSAGES", "MEDIA-TRAVERSAL", "SIGNALLING-TRAVERSAL",
           "SIGNALLING-CHANNEL-SUSPEND-REDIRECT")


# --- the modules -------------------------------------------------------------

def _strip(text):
    """No comments: "--" up to the next one or the end of the line"""
    return re.sub(r"--.*?(--|$)", "", text, flags=re.M)


def _plain(text):
    """What asn1tools cannot read, in words that are encoded the same"""
    text = re.sub(r"\s+", " ", _strip(text))
    # the type of an encoding: an open type, which is an octet string
    text = re.sub(r"TYPE-IDENTIFIER\.&Type\s*\(\s*\w+\s*\)", "OCTET STRING",
                  text)
    # subtypes by component change no encoding
    text = re.sub(r"\(\s*WITH\s+COMPONENTS\s*\{[^}]*\}\s*\)", "", text)
    text = re.sub(r"\(\s*CONSTRAINED\s+BY\s*\{[^}]*\}\s*\)", "", text)
    # a SET OF is encoded as a SEQUENCE OF
    text = re.sub(r"\bSET (OF|SIZE)\b", r"SEQUENCE \1", text)
    for word in ("SIGNED", "ENCRYPTED", "HASHED"):
        # what they are for is an open type each time
        text = re.sub(r"\b%s\s*\{\s*\w*\s*\}" % word, word.title(), text)
    return re.sub(r"\bToBe(Signed|Encrypted|Hashed)\b", "OCTET STRING", text)


def _optional(node):
    """Additions of a SEQUENCE are there or not, as older versions have it"""
    if isinstance(node, dict):
        if node.get("type") == "SEQUENCE":
            added = False
            for member in node["members"]:
                if member is None:
                    added = True
                elif added and "default" not in member:
                    member["optional"] = True
        for child in node.values():
            _optional(child)
    elif isinstance(node, list):
        for child in node:
            _optional(child)


def _load():
    with open(__file__, "rb") as file:
        key = hashlib.sha256(file.read()).hexdigest()[:16]
    cached = os.path.join(FOLDER, "parsed-" + key)
    try:
        with open(cached, "rb") as data:
            return pickle.load(data)
    except OSError:
        pass
    text = ""
    for module in MODULES:
        with open(os.path.join(FOLDER, "modules", module + ".asn")) as file:
            text += _plain(file.read()) + "\n"
    parsed = asn1tools.parse_string(text)
    _optional(parsed)
    try:
        with open(cached + ".%d" % os.getpid(), "wb") as out:
            pickle.dump(parsed, out)
        os.rename(cached + ".%d" % os.getpid(), cached)
    except OSError:
        pass
    return parsed


# --- the encoding ------------------------------------------------------------

# How long the bitmap of additions is: "full" as the ASN.1 has it, "trimmed"
# after the last that is there, or {component: length}
bitmap = "full"


def _encode_additions(self, data, encoder):
    contents = {}
    for n, addition in enumerate(self.additions):
        if addition.name in data:
            inner = encoder.__class__()
            addition.encode(data[addition.name], inner)
            inner.align_always()
            contents[n] = bytes(inner.as_bytearray()) or b"\0"
    for name, raw in data.items():
        if name[0] == "+":
            contents[int(name[1:])] = raw
    if not contents and "..." not in data:
        return False
    last = max(contents, default=0) + 1
    size = max(len(self.additions), last)
    if isinstance(bitmap, dict):
        size = bitmap.get(self.name, size)
    elif bitmap == "trimmed":
        size = last
    size = data.get("...", size)
    assert size >= last
    if size <= 64:
        encoder.append_bit(0)
        encoder.append_non_negative_binary_integer(size - 1, 6)
    else:
        encoder.append_bit(1)
        encoder.align()
        encoder.append_length_determinant(size)
    for n in range(size):
        encoder.append_bit(n in contents)
    for n in sorted(contents):
        _append_open(encoder, contents[n])
    return True


def _append_open(encoder, content):
    inner = encoder.__class__()
    inner.append_bytes(content)
    encoder.align()
    encoder.append_length_determinant(len(content))
    encoder += inner


def _decode_additions(self, decoder):
    if decoder.read_bit():
        decoder.align()
        length = decoder.read_length_determinant()
    else:
        length = decoder.read_non_negative_binary_integer(6) + 1
    there = [decoder.read_bit() for _ in range(length)]
    values = {}
    for n in range(length):
        if not there[n]:
            continue
        decoder.align()
        raw = decoder.read_bytes(decoder.read_length_determinant())
        if n < len(self.additions):
            addition = self.additions[n]
            values[addition.name] = addition.decode(
                per.Decoder(bytearray(raw)))
        else:
            values["+%d" % n] = bytes(raw)
    return values


def _encode_choice(self, data, encoder):
    if data[0][0] == "+":
        index, content = int(data[0][1:]), data[1]
    else:
        index = self.additions_name_to_index[data[0]]
        inner = encoder.__class__()
        self.additions_index_to_member[index].encode(data[1], inner)
        inner.align_always()
        content = bytes(inner.as_bytearray()) or b"\0"
    if index < 64:
        encoder.append_non_negative_binary_integer(index, 7)
    else:
        encoder.append_bit(1)
        number = index.to_bytes((index.bit_length() + 7) // 8, "big")
        inner = encoder.__class__()
        inner.append_bytes(number)
        encoder.align()
        encoder.append_length_determinant(len(number))
        encoder += inner
    _append_open(encoder, content)


def _decode_choice(self, decoder):
    if decoder.read_bit():
        decoder.align()
        index = int.from_bytes(decoder.read_bytes(
            decoder.read_length_determinant()), "big")
    else:
        index = decoder.read_non_negative_binary_integer(6)
    decoder.align()
    raw = decoder.read_bytes(decoder.read_length_determinant())
    member = self.additions_index_to_member.get(index)
    if member is None:
        return "+%d" % index, bytes(raw)
    return member.name, member.decode(per.Decoder(bytearray(raw)))


per.MembersType.encode_additions = _encode_additions
per.MembersType.decode_additions = _decode_additions
per.Choice.encode_additions = _encode_choice
per.Choice.decode_additions = _decode_choice

SPEC = _load()
_compiled = {}


def _codec(name):
    if not _compiled:
        import copy
        for module in per.compile_dict(copy.deepcopy(SPEC)).values():
            for kind, codec in module.items():
                _compiled.setdefault(kind, codec)
        # Both H.225.0 and H.245 have one
        modules = per.compile_dict(copy.deepcopy(SPEC))
        for module, prefix in (("H323-MESSAGES", "H225"),
                               ("MULTIMEDIA-SYSTEM-CONTROL", "H245")):
            for kind, codec in modules[module].items():
                _compiled[prefix + "." + kind] = codec
    return _compiled[name]


def encode(name, value, size=None):
    """The encoding of a complete value; size: for bitmap"""
    global bitmap
    before = bitmap
    bitmap = size or bitmap
    try:
        return bytes(_codec(name).encode(value)) or b"\0"
    finally:
        bitmap = before


def decode(name, data):
    return _codec(name).decode(data)


# --- values ------------------------------------------------------------------

def lookup(name, module):
    """(descriptor, module) of a named type"""
    spec = SPEC[module]
    if name in spec["types"]:
        return spec["types"][name], module
    for other, names in spec["imports"].items():
        if name in names:
            return lookup(name, other)
    raise KeyError((name, module))


def resolve(kind, module):
    """A descriptor that is no reference; the name of the last reference"""
    name = None
    while kind["type"] in SPEC[module]["types"] or any(
            kind["type"] in names
            for names in SPEC[module]["imports"].values()):
        name = kind["type"]
        kind, module = lookup(name, module)
    return kind, module, name


def members(kind):
    """[(member, is an addition)] of a SEQUENCE or CHOICE"""
    added = False
    for member in kind["members"]:
        if member is None:
            added = True
        else:
            yield member, added


def _bound(value, module):
    if isinstance(value, str) and value not in ("MIN", "MAX"):
        return SPEC[module]["values"][value]["value"]
    return value


def _least_size(kind, module):
    size = kind.get("size")
    if not size or size[0] is None:
        return 0
    least = size[0][0] if isinstance(size[0], tuple) else size[0]
    return _bound(least, module)


_ALPHABET = {"NumericString": "1", "IA5String": "1"}


def complete(kind, value, module):
    """The value, and the least there can be of what is mandatory besides"""
    kind, module, _ = resolve(kind, module)
    what = kind["type"]
    if what == "SEQUENCE":
        value = dict(value or {})
        for member, added in members(kind):
            name = member["name"]
            if name in value or not (added or member.get("optional") or
                                     "default" in member):
                value[name] = complete(member, value.get(name), module)
        return value
    if what == "CHOICE":
        if value is None:
            value = kind["members"][0]["name"], None
        name, content = value
        if name[0] == "+":
            return value
        for member, _ in members(kind):
            if member["name"] == name:
                return name, complete(member, content, module)
        raise KeyError(name)
    if what == "SEQUENCE OF":
        value = list(value or [])
        while len(value) < _least_size(kind, module):
            value.append(None)
        return [complete(kind["element"], item, module) for item in value]
    if value is not None or what == "NULL":
        return value
    least = _least_size(kind, module)
    if what == "INTEGER":
        bounds = kind.get("restricted-to") or [(0, 0)]
        first = bounds[0]
        low = _bound(first[0] if isinstance(first, tuple) else first, module)
        return 0 if low == "MIN" else low
    if what == "BOOLEAN":
        return False
    if what == "ENUMERATED":
        return kind["values"][0][0]
    if what == "OBJECT IDENTIFIER":
        return "0.0.8.2250.0.7"
    if what == "OCTET STRING":
        return b"o" * least
    if what == "BIT STRING":
        return b"\xa5" * ((least + 7) // 8), least
    return _ALPHABET.get(what, "1") * max(1, least)


def make(name, value, module="H323-MESSAGES"):
    return complete({"type": name}, value, module)
