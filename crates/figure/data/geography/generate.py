"""Makes the *.lines.z of this folder: coastlines and borders of Natural Earth (public domain), from world-atlas 2.0.2.

    python generate.py

A file: the number of bytes that follow when inflated (u32), then deflated as zlib: four f64 (the step and the first
value of longitude, the step and the first value of latitude, in degrees), the number of lines, and for each line the
number of its points and the steps from point to point, longitude and latitude. The first point of a line is counted
from the first point of the line before. All little-endian; after the f64, numbers are LEB128, steps zigzag.

Lines end at 180 degrees east and begin again at 180 degrees west. Edges that only close a polygon, along the
antimeridian and around the south pole, are left out.
"""

import collections
import hashlib
import io
import json
import pathlib
import struct
import tarfile
import urllib.request
import zlib

HERE = pathlib.Path(__file__).parent
URL = "https://registry.npmjs.org/world-atlas/-/world-atlas-2.0.2.tgz"
SHA256 = "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97"
TURN = 99999  # Steps of longitude in 360 degrees: world-atlas counts 100000 places.


def package():
    data = urllib.request.urlopen(URL).read()
    assert hashlib.sha256(data).hexdigest() == SHA256
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {m.name.split("/")[-1]: tar.extractfile(m).read() for m in tar.getmembers()}


def arcs_of(topology):
    """Each arc as places counted from the transform's first value."""
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x, y))
        yield points


def rings_of(topology, name, arcs):
    for index, geometry in enumerate(topology["objects"][name]["geometries"]):
        polygons = {"Polygon": lambda g: [g["arcs"]], "MultiPolygon": lambda g: g["arcs"]}.get(geometry["type"])
        for polygon in polygons(geometry) if polygons else []:
            for ring in polygon:
                yield index, ring


def artificial(p, q, south):
    """An edge that closes a polygon at the antimeridian or the south pole."""
    return all(x % TURN == 0 for x, _ in (p, q)) or (p[1] <= south and q[1] <= south)


def pieces(points, south):
    """The line without artificial edges, in parts that stay between 180 west and 180 east."""
    part = []
    for p, q in zip(points, points[1:]):
        if artificial(p, q, south):
            yield part
            part = []
            continue
        step = q[0] - p[0]
        if abs(step) <= TURN / 2:
            part = part or [p]
            part.append(q)
            continue
        # From one side of the map to the other: both parts end where the edge meets the antimeridian.
        far = q[0] + (TURN if step < 0 else -TURN)
        edge, other = (TURN, 0) if step < 0 else (0, TURN)
        y = p[1] if far == p[0] else round(p[1] + (q[1] - p[1]) * (edge - p[0]) / (far - p[0]))
        part = part or [p]
        if part[-1] != (edge, y):
            part.append((edge, y))
        yield part
        part = [(other, y)]
        if part[-1] != q:
            part.append(q)
    yield part


def join(parts):
    """Parts that share an end where no third one begins or ends, put together; closed ones stay closed."""
    parts = [p for p in parts if len(p) > 1]
    ends = collections.defaultdict(list)
    for i, part in enumerate(parts):
        if part[0] != part[-1]:
            ends[part[0]].append(i)
            ends[part[-1]].append(i)
    done = [False] * len(parts)

    def grow(line):
        while line[0] != line[-1] and len(ends[line[-1]]) == 2:
            following = [i for i in ends[line[-1]] if not done[i]]
            if not following:
                return
            done[following[0]] = True
            part = parts[following[0]]
            line.extend(part[1:] if part[0] == line[-1] else part[-2::-1])

    for i, part in enumerate(parts):
        if not done[i]:
            done[i] = True
            line = list(part)
            grow(line)
            line.reverse()
            grow(line)
            line.reverse()
            yield line


def coast(topology):
    arcs = list(arcs_of(topology))
    south = round((-89.9 - topology["transform"]["translate"][1]) / topology["transform"]["scale"][1])
    parts = []
    for _, ring in rings_of(topology, "land", arcs):
        points = []
        for a in ring:
            arc = arcs[a] if a >= 0 else arcs[~a][::-1]
            points.extend(arc[1:] if points else arc)
        parts.extend(pieces(points, south))
    return join(parts)


def borders(topology):
    """Arcs that two countries share."""
    arcs = list(arcs_of(topology))
    owners = collections.defaultdict(set)
    for country, ring in rings_of(topology, "countries", arcs):
        for a in ring:
            owners[a if a >= 0 else ~a].add(country)
    shared = [a for a in sorted(owners) if len(owners[a]) > 1]
    return join([part for a in shared for part in pieces(arcs[a], -1)])


def varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return out


def zigzag(value):
    return varint(value * 2 if value >= 0 else -value * 2 - 1)


def pack(lines, transform):
    """Lines ordered by their first point, so that they look alike to deflate."""
    lines = sorted(lines, key=lambda line: (line[0], len(line)))
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    out = bytearray(struct.pack("<4d", sx, tx, sy, ty)) + varint(len(lines))
    start = (0, 0)
    for line in lines:
        out += varint(len(line))
        before = start
        for point in line:
            out += zigzag(point[0] - before[0]) + zigzag(point[1] - before[1])
            before = point
        start = line[0]
    return struct.pack("<I", len(out)) + zlib.compress(bytes(out), 9)


if __name__ == "__main__":
    files = package()
    (HERE / "LICENSE-world-atlas.txt").write_bytes(files["LICENSE"])
    for detail in ("110m", "50m"):
        for name, source, lines_of in (("coast", "land", coast), ("borders", "countries", borders)):
            topology = json.loads(files[f"{source}-{detail}.json"])
            lines = list(lines_of(topology))
            packed = pack(lines, topology["transform"])
            (HERE / f"{name}-{detail}.lines.z").write_bytes(packed)
            print(name, detail, len(lines), "lines", sum(map(len, lines)), "points", len(packed), "bytes")
