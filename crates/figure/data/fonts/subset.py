#!/usr/bin/env python3
"""Make Inter-Regular.ttf and Inter-Bold.ttf from the npm package @expo-google-fonts/inter 0.4.2.

    npm pack @expo-google-fonts/inter@0.4.2 && tar xzf expo-google-fonts-inter-0.4.2.tgz
    pip install fonttools==4.68.0 && python3 subset.py package .

Keeps Latin, Greek, Cyrillic, superscripts and the signs that units need; freezes tabular figures (`tnum`) so that
tick labels do not dance; drops hinting and every layout feature but kerning.
"""
import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

KEEP = [
    (0x20, 0x7E), (0xA0, 0x24F), (0x2BC, 0x2BC), (0x2C6, 0x2DD), (0x370, 0x3FF), (0x400, 0x4FF), (0x1E00, 0x1EFF),
    (0x2000, 0x206F), (0x2070, 0x209F), (0x20AC, 0x20AC), (0x2100, 0x214F), (0x2150, 0x215F), (0x2190, 0x2199),
    (0x2200, 0x22FF), (0x25A0, 0x25CF), (0x2605, 0x2606), (0x2610, 0x2611), (0x2713, 0x2717),
]
FACES = {"Regular": "400Regular/Inter_400Regular.ttf", "Bold": "600SemiBold/Inter_600SemiBold.ttf"}


def tabular(font):
    """The glyph of each digit in the feature `tnum`."""
    gsub = font["GSUB"].table
    found = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for number in record.Feature.LookupListIndex:
            for part in gsub.LookupList.Lookup[number].SubTable:
                part = getattr(part, "ExtSubTable", part)
                found.update(getattr(part, "mapping", {}))
    return found


def box(height):
    """What stands for a missing glyph: an empty frame."""
    pen = TTGlyphPen(None)
    for inset, way in ((0, 1), (110, -1)):
        left, right, bottom, top = 140 + inset, 960 - inset, inset, height - inset
        corners = [(left, bottom), (left, top), (right, top), (right, bottom)][::way]
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


def main(package, out):
    for face, path in FACES.items():
        font = TTFont(Path(package) / path)
        figures = tabular(font)
        for table in font["cmap"].tables:
            for code in [*range(0x30, 0x3A), 0x2212]:
                if code in table.cmap:
                    table.cmap[code] = figures.get(table.cmap[code], table.cmap[code])
        options = subset.Options()
        options.layout_features = ["kern"]
        options.hinting = False
        options.notdef_outline = True
        options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
        options.drop_tables += ["STAT", "GDEF", "DSIG", "meta", "gasp", "MVAR"]
        worker = subset.Subsetter(options)
        worker.populate(unicodes=[c for a, b in KEEP for c in range(a, b + 1)])
        worker.subset(font)
        font["glyf"][".notdef"] = box(font["OS/2"].sCapHeight)
        font["hmtx"][".notdef"] = (1100, 140)
        font["head"].modified = font["head"].created
        font.recalcTimestamp = False
        font.save(Path(out) / f"Inter-{face}.ttf")


main(*sys.argv[1:3])
