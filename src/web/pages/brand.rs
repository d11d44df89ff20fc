//! The colour of a client, the one thing of theirs in the look.

use crate::domain::{parse_colour, writing_on};
use crate::web::extract::Portal;
use axum::http::header;
use axum::response::{IntoResponse, Response};

const HOUSE_COLOUR: &str = "#1e5b46";
const FOR_AN_HOUR: &str = "private, max-age=3600";

/// `GET /brand.css`: the client's colour as tokens.
pub async fn style(Portal(client): Portal) -> Response {
    let (brand, on) = colours(client.tenant().brand.color.as_deref());
    let css = format!(":root {{ --brand: {brand}; --brand-on: {on}; }}\n");
    (
        [
            (header::CONTENT_TYPE, "text/css"),
            (header::CACHE_CONTROL, FOR_AN_HOUR),
        ],
        css,
    )
        .into_response()
}

/// `GET /favicon.svg`: a tile of the client's colour.
pub async fn icon(portal: Option<Portal>) -> Response {
    let colour = portal
        .as_ref()
        .and_then(|Portal(client)| client.tenant().brand.color.as_deref());
    let (brand, on) = colours(colour);
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\"><rect width=\"24\" height=\"24\" rx=\"4\" fill=\"{brand}\"/>\
         <path d=\"M5 9.5 12 17l7-7.5M12 6.4v.2\" fill=\"none\" stroke=\"{on}\" stroke-width=\"2\" stroke-linecap=\"square\"/></svg>"
    );
    (
        [
            (header::CONTENT_TYPE, "image/svg+xml"),
            (header::CACHE_CONTROL, FOR_AN_HOUR),
        ],
        svg,
    )
        .into_response()
}

/// The colour and what is written on it; the house's own where the client's is none or
/// unreadable, so that nothing of a manifest reaches the style sheet as it is.
pub fn colours(wanted: Option<&str>) -> (String, &'static str) {
    let rgb = wanted.and_then(parse_colour);
    let readable = rgb.and_then(|rgb| writing_on(rgb).0);
    match (rgb, readable) {
        (Some([r, g, b]), Some(on)) => (format!("#{r:02x}{g:02x}{b:02x}"), on),
        _ => (HOUSE_COLOUR.to_owned(), "#ffffff"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_brand_is_written_on_in_ink_and_a_dark_one_in_white() {
        assert_eq!(colours(Some("#1f4b7a")), ("#1f4b7a".to_owned(), "#ffffff"));
        assert_eq!(colours(Some("#FFD400")), ("#ffd400".to_owned(), "#16191d"));
    }

    #[test]
    fn what_is_not_a_colour_never_reaches_the_style_sheet() {
        for wrong in [
            None,
            Some("red"),
            Some("#12345"),
            Some("#1e5b46}body{display:none"),
        ] {
            assert_eq!(colours(wrong).0, HOUSE_COLOUR);
        }
    }
}
