"""Makes maps.tsv, maps.rgb.z and licences/ of this folder from the packages that publish the colour maps.

    pip install matplotlib==3.11.2 cmcrameri==1.10 cmocean==4.0.3
    python generate.py

maps.tsv: name, family, kind, licence, entries, whether lightness misleads, other names.
maps.rgb.z: for each line of maps.tsv its red, then its green, then its blue bytes, each byte less the one
before it (modulo 256, the first less 0), all together deflated as zlib.
"""

import pathlib
import re
import textwrap
import zlib
from importlib.metadata import distribution

import cmcrameri.cm
import cmocean
import matplotlib
import matplotlib._cm
import numpy as np
from matplotlib.colors import ListedColormap

HERE = pathlib.Path(__file__).parent
BREWER = """Blues BrBG BuGn BuPu GnBu Greens Greys OrRd Oranges PRGn PiYG PuBu PuBuGn PuOr PuRd Purples RdBu RdGy RdPu
RdYlBu RdYlGn Reds Spectral YlGn YlGnBu YlOrBr YlOrRd Accent Dark2 Paired Pastel1 Pastel2 Set1 Set2 Set3""".split()
FREE = "viridis magma inferno plasma twilight twilight_shifted".split()  # CC0-1.0
YORICK = "gist_earth gist_gray gist_heat gist_ncar gist_rainbow gist_stern gist_yarg".split()
DIVERGING = """PiYG PRGn BrBG PuOr RdGy RdBu RdYlBu RdYlGn Spectral coolwarm bwr seismic
cmo.balance cmo.delta cmo.curl cmo.diff cmo.tarn""".split()
CYCLIC = "twilight twilight_shifted hsv cmo.phase".split()
# Two sequences that meet: sea and land.
MULTI = "terrain gist_earth ocean cmo.topo cmc.oleron cmc.bukavu cmc.fes".split()
ALIASES = {"gray": ["grey", "gist_gray", "gist_grey"], "binary": ["gist_yarg", "gist_yerg"], "Greys": ["Grays"]}
# Crameri's own, which matplotlib copied.
COPIES = ["berlin", "managua", "vanimo"]


def lightness(rgb):
    """CIE L* of sRGB bytes."""
    x = rgb / 255.0
    x = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    y = x @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * 24389 / 27)


def misleads(rgb):
    """Lightness goes back by more than 2 on its way through a sequence."""
    light = lightness(rgb)
    back = np.max(np.maximum.accumulate(light) - light), np.max(light - np.minimum.accumulate(light))
    return min(back) > 2


def entries(colourmap):
    return colourmap(np.arange(colourmap.N), bytes=True)[:, :3]


def collect():
    """(name, family, kind, licence, bytes, aliases) of all."""
    dropped = {alias for aliases in ALIASES.values() for alias in aliases} | set(COPIES) | {"Wistia"}  # Its licence text is not in the package.
    for name in matplotlib.colormaps:
        if name.endswith("_r") or "." in name or name in dropped:
            continue
        rgb = entries(matplotlib.colormaps[name])
        kind = "qualitative" if len(rgb) < 256 else kind_of(name)
        licence = ("Apache-2.0" if name == "turbo" else "CC0-1.0" if name in FREE else "ColorBrewer" if name in BREWER else
                               "Yorick" if name in YORICK else "matplotlib")
        yield name, "matplotlib", kind, licence, rgb, ALIASES.get(name, [])
    blues, reds = matplotlib._cm._Blues_data, matplotlib._cm._Reds_data
    stripes = ListedColormap(list(blues[:0:-1]) + list(reds[1:]))
    # What the climate stripes are drawn with: the eight darker of nine blues and of nine reds.
    yield "stripes", "other", "diverging", "ColorBrewer", np.round(np.array(stripes.colors) * 255).astype(int), []
    # The colours of Okabe and Ito (2008), those first that tell areas apart best: not black.
    order = [5, 6, 3, 7, 1, 2, 0, 4]
    yield "categories", "other", "qualitative", "matplotlib", entries(matplotlib.colormaps["okabe_ito"])[order], []
    for name in sorted((n for n in cmcrameri.cm.cmaps if not n.endswith("_r")), key=str.lower):
        kind = ("qualitative" if name.endswith("S") else "cyclic" if name.endswith("O") else
                "diverging" if name in cmcrameri.cm._cmap_names_diverging else kind_of("cmc." + name))
        yield name, "crameri", kind, "MIT", entries(cmcrameri.cm.cmaps[name]), []
    for name in cmocean.cm.cmapnames:
        yield name, "cmocean", kind_of("cmo." + name), "MIT", entries(cmocean.cm.cmap_d[name]), []


def kind_of(name):
    return ("diverging" if name in DIVERGING else "cyclic" if name in CYCLIC else
            "multi-sequential" if name in MULTI else "sequential")


def licences():
    """The texts, from the packages."""
    def text(package, ends):
        found = next(f for f in distribution(package).files if str(f).endswith(ends))
        return found.read_text()
    whole = text("matplotlib", "dist-info/LICENSE")
    own, bundled = whole.split("This binary dist", 1)

    def part(title):
        found = re.search(rf"Name: {title}\n.*?License:[^\n]*\n(.*?)(?=\nName: |\Z)", bundled, re.S)
        return textwrap.dedent(found.group(1))
    return {"matplotlib": own.rstrip("-\n"), "colorbrewer": part("ColorBrewer Color Schemes"),
            "yorick": part("Yorick Colormaps"), "cmcrameri": text("cmcrameri", "LICENSE.txt"),
            "cmocean": text("cmocean", "LICENSE.txt")}


lines, packed = [], b""
for name, family, kind, licence, rgb, aliases in collect():
    marked = kind == "sequential" and misleads(rgb) and name != "oxy" or name == "hsv"
    lines.append("\t".join([name, family, kind, licence, str(len(rgb)), "misleads" if marked else "-",
                            ",".join(aliases) or "-"]))
    channels = np.asarray(rgb).T.astype(np.int16)
    packed += np.diff(channels, axis=1, prepend=0).astype(np.uint8).tobytes()
(HERE / "maps.tsv").write_text("\n".join(lines) + "\n")
(HERE / "maps.rgb.z").write_bytes(zlib.compress(packed, 9))
for name, text in licences().items():
    (HERE / "licences" / f"{name}.txt").write_text("\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n")
