#!/usr/bin/env python3
"""What netCDF-C reports of every HDF5 file under a folder, one line a group and a variable.

    python hdf5_values.py DATA_FOLDER > hdf5_values.tsv

Columns: file, name, type, dimensions, CRC-32 of the attributes, CRC-32 of the values. Structure and
values come through Python's netCDF4 (with its filter plug-ins), attributes straight from the C
library by ctypes, since Python does not tell `char` from `string`. `--full FILE` prints the
attributes and the first values in clear, to find a difference.
"""
import ctypes
import glob
import os
import sys
import zlib

import netCDF4
import numpy as np

# The library that Python's netCDF4 brings, so that both ask the same one.
C = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(netCDF4.__file__), "..", "netcdf4.libs", "libnetcdf-*"))[0])
NAMES = dict(i1="byte", u1="ubyte", i2="short", u2="ushort", i4="int", u4="uint", i8="int64", u8="uint64",
             f4="float", f8="double", S1="char")
TYPES = {1: ("byte", 1), 2: ("char", 1), 3: ("short", 2), 4: ("int", 4), 5: ("float", 4), 6: ("double", 8),
         7: ("ubyte", 1), 8: ("ushort", 2), 9: ("uint", 4), 10: ("int64", 8), 11: ("uint64", 8)}
NC_STRING, NC_ENUM = 12, 15
SKIPPED = {"malformed"}
STRINGS = True


def in_child(path, shown):
    """Report in a process of its own: the C library crashes on some texts; then without texts."""
    global STRINGS
    for STRINGS in (True, False):
        sys.stdout.flush()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(writer, 1)
            report(path, shown)
            sys.stdout.flush()
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as lines:
            text = lines.read()
        if os.waitpid(child, 0)[1] == 0:
            sys.stdout.write(text)
            return
        print(f"crashed: {shown}", file=sys.stderr)


def attributes(ncid, varid):
    """(name, type, bytes) of each attribute that is no user-defined type but an enumeration."""
    count = ctypes.c_int()
    if varid < 0:
        C.nc_inq_natts(ncid, ctypes.byref(count))
    else:
        C.nc_inq_varnatts(ncid, varid, ctypes.byref(count))
    for i in range(count.value):
        name = ctypes.create_string_buffer(300)
        C.nc_inq_attname(ncid, varid, i, name)
        kind, length = ctypes.c_int(), ctypes.c_size_t()
        C.nc_inq_att(ncid, varid, name, ctypes.byref(kind), ctypes.byref(length))
        kind, n = kind.value, length.value
        if kind == NC_STRING:
            values = (ctypes.c_char_p * max(n, 1))()
            if C.nc_get_att_string(ncid, varid, name, values):
                continue
            yield name.value, "string", b"".join((v or b"") + b"\0" for v in values[:n])
            continue
        if kind > NC_STRING:
            base, cls = ctypes.c_int(), ctypes.c_int()
            C.nc_inq_user_type(ncid, kind, None, None, ctypes.byref(base), None, ctypes.byref(cls))
            if cls.value != NC_ENUM:
                continue
            kind = base.value
        label, size = TYPES[kind]
        data = ctypes.create_string_buffer(max(n * size, 1))
        if C.nc_get_att(ncid, varid, name, data):
            continue
        data = data.raw[:n * size]
        yield name.value, label, data.rstrip(b"\0") if label == "char" else data


def checksum(items):
    crc = 0
    for name, kind, data in items:
        crc = zlib.crc32(name + b"\0" + kind.encode() + b"\0" + data + b"\n", crc)
    return f"{crc:08x}"


def values(variable):
    """The type's name and the values as bytes, least significant byte first."""
    if variable.dtype is not str and isinstance(variable.datatype, (netCDF4.CompoundType, netCDF4.VLType)):
        return "opaque", None
    if variable.dtype is str and not STRINGS:
        return "?", None
    if len(set(variable.dimensions)) < variable.ndim and any(d.isunlimited() for d in variable.get_dims()):
        return "?", None  # the library returns memory that it never set
    data = variable[...]
    if variable.dtype is str:
        texts = [data] if isinstance(data, str) else list(np.asarray(data, dtype=object).ravel())
        return "string", b"".join(t.encode() + b"\0" for t in texts)
    data = np.asarray(data)
    return NAMES[data.dtype.str[1:]], data.astype(data.dtype.newbyteorder("<")).tobytes()


def lines(group, ncid, path, full):
    def inside(name):
        return f"{path}/{name}" if path else name

    def where(dimension):
        owner = dimension.group().path.strip("/")
        return f"{owner}/{dimension.name}" if owner else dimension.name

    dims = ",".join(f"{inside(n)}={len(d)}{'*' * d.isunlimited()}" for n, d in group.dimensions.items())
    found = list(attributes(ncid, -1))
    yield [path + "/", "group", dims, checksum(found), "-"] + ([found] if full else [])
    for name, variable in group.variables.items():
        variable.set_auto_maskandscale(False)
        variable.set_auto_chartostring(False)
        found = list(attributes(ncid, variable._varid))
        try:
            kind, data = values(variable)
            crc = "-" if data is None else f"{zlib.crc32(data):08x}"
        except Exception as error:  # the C library can't read it: no oracle
            kind, data, crc = "?", b"", "?"
            print(f"unread: {inside(name)}: {error}", file=sys.stderr)
        dims = ",".join(f"{where(d)}={len(d)}" for d in variable.get_dims())
        yield [inside(name), kind, dims, checksum(found), crc] + ([found, data[:64]] if full else [])
    for name, child in group.groups.items():
        yield from lines(child, child._grpid, inside(name), full)


def is_hdf5(path):
    with open(path, "rb") as file:
        head = file.read(2056)
    return any(head[at:at + 8] == b"\x89HDF\r\n\x1a\n" for at in (0, 512, 1024, 2048))


def report(path, shown, full=False):
    try:
        dataset = netCDF4.Dataset(path)
    except Exception as error:  # the C library does not read it: no oracle
        print(f"refused: {shown}: {error}", file=sys.stderr)
        return
    for line in lines(dataset, dataset._grpid, "", full):
        print("\t".join(str(x) for x in [shown, *line]))


if sys.argv[1] == "--full":
    report(sys.argv[2], sys.argv[2], full=True)
else:
    root = sys.argv[1]
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(files):
            path = os.path.join(folder, name)
            if is_hdf5(path):
                in_child(path, os.path.relpath(path, root))
