//! Relations of geometries (DE-9IM).

use geo::{Geometry, Relate};

use super::super::area::Area;

/// How two geometries lie to each other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Relation {
    Equals,
    Intersects,
    Disjoint,
    Touches,
    Within,
    Overlaps,
    Crosses,
    Contains,
}

impl Relation {
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "s_equals" => Self::Equals,
            "s_intersects" => Self::Intersects,
            "s_disjoint" => Self::Disjoint,
            "s_touches" => Self::Touches,
            "s_within" => Self::Within,
            "s_overlaps" => Self::Overlaps,
            "s_crosses" => Self::Crosses,
            "s_contains" => Self::Contains,
            _ => return None,
        })
    }

    /// Whether `left` lies so to `right`.
    pub(super) fn holds(self, left: &Geometry, right: &Geometry) -> bool {
        let meet = || Area::of_shape(left.clone()).meets(right);
        match self {
            Self::Intersects => meet(),
            Self::Disjoint => !meet(),
            Self::Equals => left.relate(right).is_equal_topo(),
            Self::Touches => left.relate(right).is_touches(),
            Self::Within => left.relate(right).is_within(),
            Self::Overlaps => left.relate(right).is_overlaps(),
            Self::Crosses => left.relate(right).is_crosses(),
            Self::Contains => left.relate(right).is_contains(),
        }
    }
}
