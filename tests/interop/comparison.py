"""What differs between a source and an output, allowing for what the output's format cannot say."""

import json

import numpy as np

EXACT, CLASSIC, JSON = "exact", "classic", "json"
RULES = {"netcdf4": EXACT, "netcdf4-classic": CLASSIC, "netcdf3": CLASSIC, "cdf5": CLASSIC,
         "zarr": JSON, "zarr2": JSON, "zarr.zip": JSON}
RULES.update({f"{form} from Zarr": JSON for form in tuple(RULES)})
# The classic model has six types: the others become the next that holds their values.
NARROWING = ("netcdf3", "netcdf4-classic")
NARROWED = {"u1": "i2", "u2": "i4", "u4": "i4", "i8": "i4", "u8": "i4"}


def differences(source, output, form, only=None):
    """A line for each difference; `only` names the variables that were asked for."""
    if source.typeless:
        form = f"{form} from Zarr"
    found = []
    names = [n for n in source.variables if only is None or n in only]
    if source.nameless and len(output.variables) == 1:
        pairs = [(source.variables[names[0]], next(iter(output.variables.values())), names[0])]
    else:
        pairs = []
        for name in names:
            if name in output.variables:
                pairs.append((source.variables[name], output.variables[name], name))
            else:
                found.append(f"variable {name}: missing")
    known = source.nameless or source.partial
    extra = [n for n in output.variables if n not in source.variables and not known]
    found += [f"variable {n}: was not there" for n in extra]
    for one, other, name in pairs:
        found += [f"variable {name}: {d}" for d in variable(one, other, form)]
    if only is None and not source.partial:
        found += dimensions(source, output, form)
        if not form.startswith("zarr") and not source.typeless:
            a = [n for n in source.variables if n in output.variables]
            b = [n for n in output.variables if n in source.variables]
            found += [f"order of variables: {a} became {b}"] if a != b else []
    for path, attributes in source.groups.items() if not source.partial else ():
        if only is None or path == "":
            where = f"group {path or '/'}"
            found += [f"{where}: {d}" for d in all_attributes(attributes, output.groups.get(path, {}), form, None)]
    return found


def unsaid(source, output, form, said):
    """What a format without the source's types changed, and no warning told; a name without loss is kept as flags."""
    if not form.startswith(NARROWING):
        return []
    warnings = [line for line in said.splitlines() if line.startswith("warning: ")]
    found = []
    for name, one in source.variables.items():
        other = output.variables.get(name)
        if other is None or source.typeless:
            continue
        told = [line for line in warnings if f"'{name}'" in line]
        if one.kind in NARROWED and other.kind != one.kind and not any("is written as" in line for line in told):
            found.append(f"variable {name}: {one.kind} became {other.kind} without a word")
        kept = other.enumeration == one.enumeration or "flag_meanings" in other.attributes
        if one.enumeration and not kept and not any("enumeration" in line for line in told):
            found.append(f"variable {name}: the names of its values are gone without a word")
    return found


def dimensions(source, output, form):
    found = []
    used = {d for v in source.variables.values() for d in v.dimensions or ()}
    if form.startswith("zarr"):
        used = {d for d in used if "/" not in d}  # the others have no full names there
    for name, length in source.dimensions.items():
        if name not in used:
            continue  # a selection without variables keeps them, a dataset with variables does not
        if name not in output.dimensions:
            found.append(f"dimension {name}: missing")
        elif output.dimensions[name] != length:
            found.append(f"dimension {name}: {length} became {output.dimensions[name]}")
        elif form == "netcdf4" and (name in source.unlimited) != (name in output.unlimited):
            found.append(f"dimension {name}: unlimited or not was not kept")
    return found


def variable(a, b, form):
    found = []
    if a.dimensions is not None and b.dimensions is not None:
        texts = a.kind == "string" and b.kind == "S1"
        theirs = b.dimensions[:-1] if texts else b.dimensions
        if a.dimensions != theirs and not short(a.dimensions) == short(theirs):
            found.append(f"dimensions {a.dimensions} became {theirs}")
    found += values(a, b, form)
    if a.dimensions is None and not a.attributes:
        return found
    if form.startswith("netcdf4") and not form.startswith(NARROWING) and a.enumeration != b.enumeration:
        found.append(f"enumeration {a.enumeration} became {b.enumeration}")
    ours = dict(b.attributes)
    if a.enumeration is not None and form != "netcdf4":
        for name in ("flag_values", "flag_meanings"):
            if name not in a.attributes:
                ours.pop(name, None)
    if a.kind[0] in "mM":
        # numpy's times carry in their type what CF has in attributes.
        ours = {n: v for n, v in ours.items() if n not in ("units", "calendar", "_FillValue")}
    theirs = dict(a.attributes)
    if a.idle_fill and not form.startswith("zarr2"):
        theirs.pop("_FillValue", None)  # a longitude of 0 is a place: nothing is missing
    if b.kind == "S1" and a.kind != "S1":
        if "_Encoding" not in theirs:
            ours.pop("_Encoding", None)
        if theirs.get("_FillValue") != ours.get("_FillValue"):
            theirs.pop("_FillValue", None)  # more than one character: noted and left out
    return found + all_attributes(theirs, ours, form, a.kind)


def short(dimensions):
    """Names without their groups, as Zarr has them."""
    return tuple(d.rsplit("/", 1)[-1] for d in dimensions)


def values(a, b, form):
    want, have = a.values, b.values
    kind = a.kind
    if a.dimensions is None and want is None:
        return []  # an HDF5 dataset without room for any value
    if want is None or have is None:
        return [f"type {kind} became {b.kind}"]
    if a.dimensions is not None and len(set(a.dimensions)) < len(a.dimensions):
        return []  # netCDF4 gives random values where a growing dimension comes twice
    if kind == "string":
        want = np.array(["" if v is None else str(v) for v in np.ravel(want)], dtype=object).reshape(np.shape(want))
        if b.kind == "S1":
            have = characters(have)
        elif b.kind != "string":
            return [f"texts became {b.kind}"]
        same = np.shape(want) == np.shape(have) and all(str(x) == str(y) for x, y in zip(np.ravel(want), np.ravel(have)))
        return [] if same else [f"texts differ: {first(want, have)}"]
    expected = NARROWED.get(kind, kind) if form.startswith(NARROWING) else kind
    if kind == "b1":
        expected = b.kind if b.kind in ("b1", "i1") else "i1"
        want = want.astype(expected)
    elif want.dtype.kind in "mM":
        expected, want = "i8", want.view("i8")
    elif kind[0] in "SU" and kind != "S1" and b.kind == "string":
        decode = (lambda v: v.decode("latin-1")) if kind[0] == "S" else str
        same = [decode(v) for v in np.ravel(want)] == [str(v) for v in np.ravel(have)]
        return [] if same else [f"texts differ: {first(want, have)}"]
    elif kind[0] in "SU" and kind != "S1" and b.kind == "S1":
        have = characters(have)
        decode = (lambda v: v.decode("utf-8", "replace")) if kind[0] == "S" else str
        same = [decode(v) for v in np.ravel(want)] == [str(v) for v in np.ravel(have)]
        return [] if same else [f"texts differ: {first(want, have)}"]
    if b.kind != expected:
        return [f"type {kind} became {b.kind}"]
    if want.shape != have.shape:
        return [f"shape {want.shape} became {have.shape}"]
    if expected != kind and kind != "b1":
        same = np.array_equal(want.astype(object), have.astype(object))
    else:
        same = np.ascontiguousarray(want).tobytes() == np.ascontiguousarray(have).tobytes()
    return [] if same else [f"values differ: {first(want, have)}"]


def characters(array):
    """The texts that characters spell along the last dimension, as UTF-8."""
    rows = np.ascontiguousarray(array).reshape(-1, array.shape[-1])
    texts = [b"".join(c or b"\0" for c in row).rstrip(b"\0").decode("utf-8", "replace") for row in rows]
    return np.array(texts, dtype=object).reshape(array.shape[:-1])


def first(want, have):
    if np.shape(want) != np.shape(have):
        return f"shape {np.shape(want)} became {np.shape(have)}"
    a, b = np.ravel(want), np.ravel(have)
    at = [i for i in range(len(a)) if a[i] != b[i] and not (a[i] != a[i] and b[i] != b[i])]
    if not at:
        return "in the bits of NaN or the sign of zero"
    return f"{len(at)} of {len(a)}, first at {at[0]}: {a[at[0]]!r} became {b[at[0]]!r}"


def all_attributes(a, b, form, kind):
    found = []
    for name, value in a.items():
        # A fill value of another type than its variable is brought into that type.
        bent = name == "_FillValue" and value[0] == "numbers" and value[1] != kind
        if value[0] == "other":
            continue  # of a type that neither Python nor the tools read
        if name not in b:
            found.append(f"attribute {name}: missing")
        elif not same_attribute(value, b[name], JSON if bent else RULES[form], form):
            found.append(f"attribute {name}: {shown(value)} became {shown(b[name])}")
    found += [f"attribute {n}: was not there, is {shown(b[n])}" for n in b if n not in a]
    common_a, common_b = [n for n in a if n in b], [n for n in b if n in a]
    if not found and RULES[form] != JSON and common_a != common_b:
        found.append(f"order of attributes: {common_a} became {common_b}")
    return found


def shown(value):
    return str(value[-1]) if value[0] != "numbers" else f"{value[2]} ({value[1]})"


def same_attribute(a, b, rule, form):
    if a[0] == "json":
        # Objects, which netCDF has not, become their text.
        return a == b or b[0] == "text" and json.loads(b[1]) == a[1]
    if a[0] == "text" and "\ufffd" in a[1]:
        return b[0] == "text"  # not UTF-8: netCDF4 does not tell the bytes
    if a[0] != "numbers" or b[0] != "numbers":
        if a[0] == b[0]:
            return a[1:] == b[1:]
        one, two = a[-1], b[-1]
        if "numbers" in (a[0], b[0]):
            # An empty list, or a number spelled out: JSON has no NaN.
            numbers = a[2] if a[0] == "numbers" else b[2]
            words = one if a[0] != "numbers" else two
            words = [words] if isinstance(words, str) else words
            return len(numbers) == len(words) and all(str(float(n)) == str(float(w)) for n, w in zip(numbers, words))
        # One text, or the lines of one text, where a format has no lists of texts.
        return joined(one) == joined(two)
    if rule == EXACT:
        return a[1] == b[1] and a[2].tobytes() == b[2].tobytes()
    if len(a[2]) != len(b[2]):
        return False
    if rule == JSON:
        # JSON numbers are doubles or integers; cast back they must be the same bits.
        if a[1][0] == "f" and b[2].dtype.kind in "fiu":
            back = b[2].astype(a[2].dtype)
            return back.tobytes() == a[2].tobytes() or np.array_equal(back, a[2], equal_nan=True)
    elif a[1] != b[1] and not (form.startswith(NARROWING) and a[1] in NARROWED):
        return False
    return all(x == y or (x != x and y != y) for x, y in zip(a[2].astype(object), b[2].astype(object)))


def joined(texts):
    return texts if isinstance(texts, str) else "\n".join(texts)
