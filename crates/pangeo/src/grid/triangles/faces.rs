//! Triangles that know their neighbours.

/// No face.
pub(super) const OUTSIDE: u32 = u32::MAX;

/// A triangle, counter-clockwise seen from outside the sphere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Face {
    pub(super) corners: [u32; 3],
    /// The faces across from each corner; [`OUTSIDE`] where there is none.
    pub(super) beside: [u32; 3],
}

/// What a number stands for that is no face's: a triangle of one point beside nothing, over which no walk goes on.
const NONE: Face = Face { corners: [0; 3], beside: [OUTSIDE; 3] };

/// The member of a number, which counts modulo 3.
fn nth([a, b, c]: [u32; 3], number: usize) -> u32 {
    match number % 3 {
        0 => a,
        1 => b,
        _ => c,
    }
}

impl Face {
    /// A corner; its number counts modulo 3.
    pub(super) fn corner(&self, corner: usize) -> u32 {
        nth(self.corners, corner)
    }

    /// The face across from a corner, or [`OUTSIDE`].
    pub(super) fn across_from(&self, corner: usize) -> u32 {
        nth(self.beside, corner)
    }

    /// The same, beginning with another corner.
    fn from(self, corner: usize) -> Self {
        let turned = |v: [u32; 3]| [nth(v, corner), nth(v, corner + 1), nth(v, corner + 2)];
        Self { corners: turned(self.corners), beside: turned(self.beside) }
    }

    /// The ends of the edge across from a corner.
    pub(super) fn edge(&self, corner: usize) -> (u32, u32) {
        (self.corner(corner + 1), self.corner(corner + 2))
    }

    /// Across from which corner a neighbour lies.
    fn toward(&self, neighbour: u32) -> Option<usize> {
        self.beside.iter().position(|face| *face == neighbour)
    }
}

/// An edge of what a point is joined with: the corner at which it begins, counter-clockwise, the face beyond it,
/// and the one within it that the point replaces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rim {
    pub(super) from: u32,
    pub(super) beyond: u32,
    pub(super) within: u32,
}

/// A surface of triangles.
#[derive(Debug, Default)]
pub(super) struct Faces {
    pub(super) list: Vec<Face>,
}

impl Faces {
    pub(super) fn get(&self, face: u32) -> Face {
        self.list.get(face as usize).copied().unwrap_or(NONE)
    }

    fn put(&mut self, face: u32, new: Face) {
        if let Some(old) = self.list.get_mut(face as usize) {
            *old = new;
        }
    }

    /// The face across from a corner, and the number of that one's corner which faces back.
    pub(super) fn across(&self, face: u32, corner: usize) -> Option<(u32, usize)> {
        let other = self.get(face).across_from(corner);
        (other != OUTSIDE).then(|| self.get(other).toward(face)).flatten().map(|back| (other, back))
    }

    fn relink(&mut self, face: u32, from: u32, to: u32) {
        if let Some(beside) = self.list.get_mut(face as usize).and_then(|f| f.beside.iter_mut().find(|b| **b == from)) {
            *beside = to;
        }
    }

    /// The edge of a face across from a corner.
    pub(super) fn rim(&self, face: u32, corner: usize) -> Rim {
        let within = self.get(face);
        Rim { from: within.edge(corner).0, beyond: within.across_from(corner), within: face }
    }

    /// Join a point with the edges around it. The new faces take the places of those within, and further ones behind
    /// the last; their numbers are left in `made`. Each has the point as its first corner.
    pub(super) fn fan(&mut self, point: u32, rim: &[Rim], made: &mut Vec<u32>) {
        made.clear();
        for edge in rim {
            if made.contains(&edge.within) {
                made.push(self.list.len() as u32);
                self.list.push(NONE);
            } else {
                made.push(edge.within);
            }
        }
        let before = made.len().saturating_sub(1);
        let following = rim.iter().cycle().skip(1).zip(made.iter().cycle().skip(1));
        let around = rim.iter().zip(made.iter()).zip(following).zip(made.iter().cycle().skip(before));
        for (((edge, own), (after, next)), previous) in around {
            self.relink(edge.beyond, edge.within, *own);
            let corners = [point, edge.from, after.from];
            self.put(*own, Face { corners, beside: [edge.beyond, *next, *previous] });
        }
    }

    /// Join the two corners that face each other across an edge in place of its ends: the number of the second face.
    /// Both then begin with `corner`.
    pub(super) fn flip(&mut self, face: u32, corner: usize) -> Option<u32> {
        let (other, back) = self.across(face, corner)?;
        let (here, there) = (self.get(face).from(corner), self.get(other).from(back));
        let ([p, a, b], [d, _, _]) = (here.corners, there.corners);
        // `there` is d, b, a.
        let [_, along_bp, along_pa] = here.beside;
        let [_, along_ad, along_db] = there.beside;
        self.put(face, Face { corners: [p, a, d], beside: [along_ad, other, along_pa] });
        self.put(other, Face { corners: [p, d, b], beside: [along_db, along_bp, face] });
        self.relink(along_ad, other, face);
        self.relink(along_bp, face, other);
        Some(other)
    }

    /// Put one face in the place of the three around a corner. The two others stay, of no use.
    pub(super) fn close(&mut self, face: u32, corner: usize) {
        let here = self.get(face).from(corner);
        let [apex, a, b] = here.corners;
        // Beyond the edge to b lies b, d; beyond the edge to a lies d, a.
        let [inner, after, before] = here.beside;
        let (Some(turn), Some(back)) = (self.get(after).toward(face), self.get(before).toward(face)) else { return };
        let (following, preceding) = (self.get(after).from(turn), self.get(before).from(back));
        let d = following.corner(0);
        let outer = |other: Face| other.corners.iter().position(|c| *c == apex).map(|c| other.across_from(c));
        let (Some(along_bd), Some(along_da)) = (outer(following), outer(preceding)) else { return };
        self.put(face, Face { corners: [d, a, b], beside: [inner, along_bd, along_da] });
        self.relink(along_bd, after, face);
        self.relink(along_da, before, face);
    }

    /// Those faces only that `keep` wants.
    pub(super) fn retain(&mut self, keep: impl Fn(&Face) -> bool) {
        let mut count = 0;
        let numbers: Vec<u32> = self
            .list
            .iter()
            .map(|face| {
                let kept = keep(face);
                count += u32::from(kept);
                if kept { count - 1 } else { OUTSIDE }
            })
            .collect();
        let new = |face: u32| numbers.get(face as usize).copied().unwrap_or(OUTSIDE);
        let kept = self.list.iter().zip(&numbers).filter(|(_, number)| **number != OUTSIDE);
        self.list = kept.map(|(face, _)| Face { beside: face.beside.map(new), ..*face }).collect();
    }
}
