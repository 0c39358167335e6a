"""What a file holds, as the usual Python libraries read it: nothing masked, scaled or decoded."""

import base64
import os
from dataclasses import dataclass, field

import h5py
import netCDF4
import numpy as np
import xarray as xr
import zarr

# Attributes that belong to storage, not to the data.
STORAGE = {"_ARRAY_DIMENSIONS", "_NCProperties", "_nczarr_attr", "_nczarr_array", "_nczarr_group",
           "_nczarr_superblock", "_NCZARR_ARRAY", "_NCZARR_ATTR", "_NCZARR_GROUP", "_NCZARR_SUPERBLOCK"}
HDF5_STORAGE = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates",
                "_nc3_strict", "_NCProperties"}
# The Java library's marks on HDF5 types; netCDF-C does not see them.
FOREIGN = "__TYPE_VARIANT__"
PLAIN = "biufSUT"


@dataclass
class Variable:
    """One variable: `kind` is its numpy type, `string`, or a word for what no numpy array holds."""

    kind: str
    dimensions: tuple
    attributes: dict
    values: np.ndarray | None
    enumeration: dict | None = None
    # A coordinate of a Zarr v2 store, which has a fill value whether or not anything is missing.
    idle_fill: bool = False

    @property
    def plain(self):
        return self.values is not None


@dataclass
class Content:
    """A whole file; names in groups are paths without a leading slash."""

    dimensions: dict = field(default_factory=dict)
    unlimited: set = field(default_factory=set)
    groups: dict = field(default_factory=dict)
    variables: dict = field(default_factory=dict)
    # A lone Zarr array has no name.
    nameless: bool = False
    # Attributes were JSON, which has one type of number.
    typeless: bool = False
    # Only values are known.
    partial: bool = False

    def names(self):
        """Everything by which an error may name a place in this file."""
        attributes = [a for v in self.variables.values() for a in v.attributes]
        attributes += [a for g in self.groups.values() for a in g]
        return [*self.variables, *self.dimensions, *(g for g in self.groups if g), *attributes]


def join(path, name):
    return f"{path}/{name}" if path else name


def native(values):
    values = np.asarray(values)
    return values.astype(values.dtype.newbyteorder("=")) if values.dtype.kind in "iufc" else values


def text(value):
    """A text without the NULs that C programs leave."""
    return value.replace("\0", "")


def attribute(value):
    """('text', str), ('texts', list) or ('numbers', type, list of values)."""
    if isinstance(value, bytes):
        return ("text", text(value.decode("latin-1")))
    if isinstance(value, str):
        return ("text", text(value))
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, str) for v in value):
        return ("texts", [text(v) for v in value])
    if isinstance(value, (bool, dict, type(None))):
        return ("json", value)
    if isinstance(value, list) and value and all(type(v) is int for v in value):
        # numpy makes doubles of a mixture of integers that fit 63 bits and others.
        value = np.array(value, dtype="u8" if max(value) > 2**63 - 1 else "i8")
    array = np.atleast_1d(native(value))
    if array.dtype.kind in "SUO" and all(isinstance(v, (str, bytes)) for v in array.ravel()):
        return ("texts", [text(v if isinstance(v, str) else v.decode("latin-1")) for v in array.ravel()])
    if array.dtype.kind not in "iufb":
        return ("other", str(value))
    return ("numbers", array.dtype.str[1:], array)


# ---------------------------------------------------------------- netCDF

def _attributes(thing):
    found = {}
    for name in thing.ncattrs():
        if name in STORAGE or name.startswith(FOREIGN):
            continue
        try:
            found[name] = attribute(thing.getncattr(name))
        except Exception as error:  # attributes of types that netCDF4 does not know
            found[name] = ("other", str(error))
    return found


def read_netcdf(path):
    """Any netCDF file through netCDF-C."""
    content = Content()
    with netCDF4.Dataset(path) as dataset:
        dataset.set_auto_maskandscale(False)
        dataset.set_auto_chartostring(False)
        dataset.set_always_mask(False)
        _read_group(dataset, "", content)
    return content


def _read_group(group, path, content):
    content.groups[path] = _attributes(group)
    for name, dimension in group.dimensions.items():
        content.dimensions[join(path, name)] = len(dimension)
        if dimension.isunlimited():
            content.unlimited.add(join(path, name))
    for name, variable in group.variables.items():
        content.variables[join(path, name)] = _read_variable(variable)
    for name, inner in group.groups.items():
        _read_group(inner, join(path, name), content)


def _read_variable(variable):
    paths = []
    for dimension in variable.get_dims():
        path = dimension.group().path.strip("/")
        paths.append(join(path, dimension.name))
    datatype, enumeration = variable.datatype, None
    if isinstance(datatype, netCDF4.EnumType):
        enumeration = {name: int(value) for name, value in datatype.enum_dict.items()}
        datatype = datatype.dtype
    if variable.dtype is str:
        kind = "string"
    elif isinstance(datatype, np.dtype) and datatype.kind in PLAIN:
        kind = datatype.str[1:]
    else:
        return Variable(type(datatype).__name__, tuple(paths), _attributes(variable), None)
    values = variable[...]
    values = native(np.ma.getdata(values) if kind != "string" else np.asarray(values, dtype=object))
    return Variable(kind, tuple(paths), _attributes(variable), values, enumeration)


def read_hdf5(path):
    """The datasets of an HDF5 file that netCDF-C does not open or decode, without dimensions and attributes."""
    content = Content(partial=True)

    def visit(name, thing):
        if not isinstance(thing, h5py.Dataset):
            content.groups[name] = {}
            return
        kind, values = thing.dtype.str[1:], None
        if h5py.check_string_dtype(thing.dtype) is not None:
            kind = "string"
        plain = kind == "string" or thing.dtype.kind in "iuf" and thing.dtype.itemsize <= 8 and not thing.dtype.metadata
        if plain and thing.shape is not None:
            values = thing.asstr(errors="replace")[...] if kind == "string" else native(thing[...])
        content.variables[name] = Variable(kind, None, {}, values)

    with h5py.File(path) as file:
        content.groups[""] = {}
        file.visititems(visit)
    return content


def hdf5_attribute_types(path):
    """Of each text attribute whether it is `char` or `string`, which netCDF4 does not tell."""
    found = {}
    with h5py.File(path) as file:
        def visit(name, thing):
            for key in thing.attrs:
                if key in HDF5_STORAGE:
                    continue
                kind = thing.attrs.get_id(key).get_type()
                if isinstance(kind, h5py.h5t.TypeStringID):
                    found[name, key] = "string" if kind.is_variable_str() else "char"
        visit("", file)
        file.visititems(visit)
    return found


# ---------------------------------------------------------------- Zarr

def read_zarr(path):
    """A store through zarr-python; attributes as xarray reads them where the store was written by us."""
    content = Content(typeless=True)
    store = zarr.storage.ZipStore(path, mode="r") if os.path.isfile(path) else path
    root = zarr.open(store, mode="r")
    if isinstance(root, zarr.Array):
        content.nameless = True
        content.groups[""] = {}
        _read_array("", root, content)
    else:
        _read_zarr_group("", root, content)
    return content


def _read_zarr_group(path, group, content):
    content.groups[path] = {n: attribute(v) for n, v in group.attrs.asdict().items() if n not in STORAGE}
    for name, array in group.arrays():
        _read_array(join(path, name), array, content)
    for name, inner in group.groups():
        _read_zarr_group(join(path, name), inner, content)


def _read_array(name, array, content):
    attributes = array.attrs.asdict()
    version = array.metadata.zarr_format
    names = attributes.get("_ARRAY_DIMENSIONS") if version == 2 else array.metadata.dimension_names
    names = tuple(names) if names and all(names) else None
    attributes = {n: v for n, v in attributes.items() if n not in STORAGE}
    fill = array.metadata.fill_value if version == 2 else _fill_of_v3(attributes.get("_FillValue"), array.dtype)
    if array.dtype.kind == "S":
        fill = bytes(array.metadata.fill_value or b"").strip(b"\0") or None  # xarray can't read such an attribute
    attributes.pop("_FillValue", None)
    if fill is not None and not (isinstance(fill, str) and fill == ""):
        attributes["_FillValue"] = fill
    values = array[...]
    if isinstance(values, str) or values.dtype.kind in "OTU":
        kind, values = "string", np.asarray(values, dtype=object)
    else:
        values = native(values)
        kind = values.dtype.str[1:]
    known = {n: attribute(v) for n, v in attributes.items()}
    own = name.rsplit("/", 1)[-1]
    idle = version == 2 and names == (own,) and np.ndim(fill) == 0 and fill == 0
    content.variables[name] = Variable(kind, names, known, values, idle_fill=idle)
    for dimension, length in zip(names or (), values.shape):
        content.dimensions[dimension] = length


def _fill_of_v3(value, dtype):
    """xarray keeps `_FillValue` of floats as base64 of a double, that of texts as base64."""
    if isinstance(value, str) and dtype.kind == "f":
        return np.frombuffer(base64.b64decode(value), "<f8").astype(dtype)[0]
    if isinstance(value, str) and dtype.kind == "S":
        return base64.b64decode(value)
    return value


def open_as_xarray(path):
    """The root group with xarray, nothing decoded: names, dimensions, types, attributes."""
    if os.path.isdir(path) or path.endswith(".zip"):
        store = zarr.storage.ZipStore(path, mode="r") if os.path.isfile(path) else path
        return xr.open_zarr(store, decode_cf=False, chunks=None)
    return xr.open_dataset(path, decode_cf=False, engine="netcdf4")
