"""The faces of convex hulls of points on the sphere that face away from its centre (triangles.tsv), by SciPy's ConvexHull
(Qhull): python triangles.py > triangles.tsv; needs numpy, scipy."""
import numpy as np
from scipy.spatial import ConvexHull

random = np.random.default_rng(20)


def show(name, longitudes, latitudes):
    longitudes, latitudes = np.round(longitudes, 3), np.round(latitudes, 3)
    x, y = np.radians(longitudes), np.radians(latitudes)
    hull = ConvexHull(np.c_[np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
    for place in zip(longitudes, latitudes):
        print(name, "place", *place, sep="\t")
    away = hull.simplices[hull.equations[:, 3] < 0]
    for face in sorted(sorted(map(int, face)) for face in away):
        print(name, "face", *face, sep="\t")


show("sphere", random.uniform(0, 360, 60), np.degrees(np.arcsin(random.uniform(-1, 1, 60))))
show("region", random.uniform(-20, 30, 50), random.uniform(35, 70, 50))
show("small", random.uniform(179.5, 180.5, 30), random.uniform(-80.5, -80, 30))
show("ring", random.uniform(0, 360, 40), random.uniform(-75, -50, 40))
