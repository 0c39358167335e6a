//! From a grid mapping's attributes (CF appendix F) to texts that PROJ understands.

use crate::model::Attributes;

/// Attributes that hold a whole definition, in the order in which they are asked. CF §5.6.1 has `crs_wkt`, GDAL
/// writes `spatial_ref`, others PROJ strings.
const TEXTS: [&str; 6] = ["crs_wkt", "spatial_ref", "proj4", "proj4_params", "proj4text", "proj4_string"];

/// The definition that PROJ knows of a grid mapping: its well-known text or PROJ string where it has one, an EPSG
/// code, else made of its CF parameters (appendix F), which then are in metres and degrees. `None` for mappings that
/// are not known.
///
/// ```
/// use pangeo::grid::projected::definition;
/// use pangeo::model::Attributes;
/// let mut mapping = Attributes::new();
/// mapping.set("grid_mapping_name", "lambert_azimuthal_equal_area");
/// mapping.set("latitude_of_projection_origin", 52.0);
/// mapping.set("earth_radius", 6371000.0);
/// let text = definition(&mapping).unwrap();
/// assert_eq!(text, "+proj=laea +lat_0=52 +lon_0=0 +x_0=0 +y_0=0 +R=6371000 +units=m +no_defs");
/// ```
pub fn definition(attributes: &Attributes) -> Option<String> {
    definitions(attributes, 1.0).into_iter().next()
}

/// All definitions that a grid mapping has, the best first: where PROJ does not accept one the next may do. The false
/// origin counts in units of the coordinates (CF appendix F), each `metres` long.
pub(super) fn definitions(attributes: &Attributes, metres: f64) -> Vec<String> {
    let texts = TEXTS.into_iter().filter_map(|name| attributes.text(name));
    let texts = texts.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    texts.chain(code(attributes)).chain(parameters(attributes, metres)).collect()
}

/// The EPSG code, given as a number, as `EPSG:3035` or as a URN.
fn code(attributes: &Attributes) -> Option<String> {
    let value = ["epsg_code", "EPSG_code", "epsg"].into_iter().find_map(|name| attributes.get(name))?;
    let digits: String = match value.as_text() {
        Some(text) => text.rsplit(':').next()?.chars().filter(char::is_ascii_digit).collect(),
        None => value.as_f64().filter(|code| code.fract() == 0.0 && *code > 0.0)?.to_string(),
    };
    (!digits.is_empty()).then(|| format!("EPSG:{digits}"))
}

/// A PROJ string made of CF's parameters.
fn parameters(attributes: &Attributes, metres: f64) -> Option<String> {
    let cf = Parameters(attributes);
    let name = attributes.text("grid_mapping_name")?.trim();
    let figure = figure(&cf);
    if name == "latitude_longitude" {
        return Some(format!("+proj=longlat {figure} +no_defs"));
    }
    let projection = projection(name, &cf)?;
    let (x, y) = (cf.or("false_easting", 0.0) * metres, cf.or("false_northing", 0.0) * metres);
    Some(format!("+proj={projection} +x_0={x} +y_0={y} {figure} +units=m +no_defs"))
}

struct Parameters<'a>(&'a Attributes);

impl Parameters<'_> {
    fn number(&self, name: &str) -> Option<f64> {
        self.0.number(name).filter(|x| x.is_finite())
    }

    fn or(&self, name: &str, otherwise: f64) -> f64 {
        self.number(name).unwrap_or(otherwise)
    }

    fn first(&self, names: &[&str]) -> Option<f64> {
        names.iter().find_map(|name| self.number(name))
    }

    /// The first and second standard parallel; where there is one alone it is both.
    fn parallels(&self) -> Option<(f64, f64)> {
        let given = self.0.numbers("standard_parallel")?;
        let first = given.first().copied().filter(|x| x.is_finite())?;
        Some((first, given.get(1).copied().filter(|x| x.is_finite()).unwrap_or(first)))
    }
}

/// PROJ's name of the projection and its parameters but for the false origin and the figure of the Earth.
fn projection(name: &str, cf: &Parameters) -> Option<String> {
    let lat0 = cf.or("latitude_of_projection_origin", 0.0);
    let lon0 = cf.first(&[
        "longitude_of_central_meridian",
        "straight_vertical_longitude_from_pole",
        "longitude_of_projection_origin",
    ]);
    let lon0 = lon0.unwrap_or(0.0);
    let scale = cf.first(&["scale_factor_at_projection_origin", "scale_factor_at_central_meridian"]).unwrap_or(1.0);
    let parallel = cf.parallels().map(|(first, _)| first);
    Some(match name {
        "lambert_conformal_conic" => {
            let (first, second) = cf.parallels().unwrap_or((lat0, lat0));
            format!("lcc +lat_1={first} +lat_2={second} +lat_0={lat0} +lon_0={lon0} +k_0={scale}")
        }
        "albers_conical_equal_area" => {
            let (first, second) = cf.parallels().unwrap_or((lat0, lat0));
            format!("aea +lat_1={first} +lat_2={second} +lat_0={lat0} +lon_0={lon0}")
        }
        "polar_stereographic" => polar(cf, lon0, scale, parallel),
        "stereographic" => format!("stere +lat_0={lat0} +lon_0={lon0} +k_0={scale}"),
        "lambert_azimuthal_equal_area" => format!("laea +lat_0={lat0} +lon_0={lon0}"),
        "azimuthal_equidistant" => format!("aeqd +lat_0={lat0} +lon_0={lon0}"),
        "orthographic" => format!("ortho +lat_0={lat0} +lon_0={lon0}"),
        "transverse_mercator" => format!("tmerc +lat_0={lat0} +lon_0={lon0} +k_0={scale}"),
        "oblique_mercator" => {
            let azimuth = cf.number("azimuth_of_central_line")?;
            let lonc = cf.or("longitude_of_projection_origin", lon0);
            format!("omerc +lat_0={lat0} +lonc={lonc} +alpha={azimuth} +k_0={scale}")
        }
        "mercator" => match parallel {
            Some(parallel) => format!("merc +lat_ts={parallel} +lon_0={lon0}"),
            None => format!("merc +lon_0={lon0} +k_0={scale}"),
        },
        "lambert_cylindrical_equal_area" => match parallel {
            Some(parallel) => format!("cea +lat_ts={parallel} +lon_0={lon0}"),
            None => format!("cea +lon_0={lon0} +k_0={scale}"),
        },
        "sinusoidal" => format!("sinu +lon_0={lon0}"),
        "vertical_perspective" => {
            format!("nsper +lat_0={lat0} +lon_0={lon0} +h={}", cf.number("perspective_point_height")?)
        }
        "geostationary" => format!("geos +lon_0={lon0} +h={} +sweep={}", height(cf)?, sweep(cf.0)),
        _ => return None,
    })
}

/// The pole that a polar stereographic map is about is the one on the side of its parallel, where nothing says it.
fn polar(cf: &Parameters, lon0: f64, scale: f64, parallel: Option<f64>) -> String {
    let south = cf.first(&["latitude_of_projection_origin"]).or(parallel).is_some_and(|lat| lat < 0.0);
    let pole = if south { -90 } else { 90 };
    match parallel {
        Some(parallel) => format!("stere +lat_0={pole} +lat_ts={parallel} +lon_0={lon0}"),
        None => format!("stere +lat_0={pole} +lon_0={lon0} +k_0={scale}"),
    }
}

/// A satellite's height in metres above the ellipsoid.
fn height(cf: &Parameters) -> Option<f64> {
    cf.number("perspective_point_height").filter(|h| *h > 0.0)
}

/// The axis along which a satellite scans; the fixed one of its two is the other.
fn sweep(attributes: &Attributes) -> &'static str {
    let axis = |name: &str| attributes.text(name).map(|axis| axis.trim().to_ascii_lowercase());
    match (axis("sweep_angle_axis").as_deref(), axis("fixed_angle_axis").as_deref()) {
        (Some("x"), _) | (None, Some("y")) => "x",
        _ => "y",
    }
}

/// The figure of the Earth; WGS 84 where nothing is said.
fn figure(cf: &Parameters) -> String {
    let positive = |name: &str| cf.number(name).filter(|x| *x > 0.0);
    let figure = match (positive("semi_major_axis"), positive("semi_minor_axis"), positive("inverse_flattening")) {
        (Some(a), Some(b), _) => format!("+a={a} +b={b}"),
        (Some(a), None, Some(rf)) => format!("+a={a} +rf={rf}"),
        (Some(a), None, None) => format!("+R={a}"),
        _ => match positive("earth_radius") {
            Some(radius) => format!("+R={radius}"),
            None => ellipsoid(cf.0).to_owned(),
        },
    };
    match cf.number("longitude_of_prime_meridian").filter(|x| *x != 0.0) {
        Some(meridian) => format!("{figure} +pm={meridian}"),
        None => figure,
    }
}

/// The ellipsoid by its name in the EPSG dataset.
fn ellipsoid(attributes: &Attributes) -> &'static str {
    let name = attributes.text("reference_ellipsoid_name").unwrap_or("").to_ascii_lowercase();
    match name.replace(' ', "").as_str() {
        "grs1980" => "+ellps=GRS80",
        "airy1830" => "+ellps=airy",
        "bessel1841" => "+ellps=bessel",
        "clarke1866" => "+ellps=clrk66",
        "international1924" => "+ellps=intl",
        _ => "+ellps=WGS84",
    }
}
