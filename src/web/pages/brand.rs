//! The colour of a client, the one thing of theirs in the look.

use crate::domain::{parse_colour, writing_on};
use crate::store::tenant::logo;
use crate::tenancy::Tenant;
use crate::web::WebError;
use crate::web::extract::Portal;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

const HOUSE_COLOUR: &str = "#1e5b46";
const SVG: &str = "image/svg+xml";
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

/// `GET /brand/logo`: the picture of the client, else a tile of their colour with their first
/// letter.
pub async fn logo(Portal(client): Portal, headers: HeaderMap) -> Result<Response, WebError> {
    let db = client.scope().db();
    let since = logo::shown_since(db).await?;
    let tag = match since {
        Some(at) => format!("\"{}\"", at.0),
        None => "\"letter\"".to_owned(),
    };
    let cache = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    let known = headers.get(header::IF_NONE_MATCH);
    if since.is_some() && known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    }
    let picture = match since {
        Some(_) => logo::find(db).await?,
        None => None,
    };
    let (media_type, content) = match picture {
        Some(picture) => (picture.media_type, picture.content),
        None => (SVG.to_owned(), letter(client.tenant()).into_bytes()),
    };
    Ok((cache, [(header::CONTENT_TYPE, media_type)], content).into_response())
}

fn letter(tenant: &Tenant) -> String {
    let (brand, on) = colours(tenant.brand.color.as_deref());
    let mut letters = tenant.name.chars().filter(|c| c.is_alphanumeric());
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\"><rect width=\"24\" height=\"24\" rx=\"2\" fill=\"{brand}\"/>\
         <text x=\"12\" y=\"17\" text-anchor=\"middle\" font-family=\"system-ui, sans-serif\" font-size=\"14\" font-weight=\"600\" fill=\"{on}\">{first}</text></svg>"
    )
}

/// `GET /favicon.svg`: a tile of the client's colour. Browsers ask for `/favicon.ico` beside
/// answers that are no page; they get the same.
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
            (header::CONTENT_TYPE, SVG),
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
