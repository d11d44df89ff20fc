//! The picture of a client.

use super::stage::{MANIFEST, Stage, answer, header};
use crate::support::on_each_backend;
use reqwest::{Method, Response, StatusCode};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

async fn send(stage: &Stage, content: &'static [u8]) -> StatusCode {
    let request = stage.ask(Method::POST, "/logo").body(content);
    let request = request.header("content-type", "application/octet-stream");
    answer(request).await.status()
}

/// As anybody sees it, before they sign in.
async fn shown(stage: &Stage) -> Response {
    answer(stage.vigie.request(Method::GET, "alpha", "/brand/logo")).await
}

on_each_backend! {
    async fn a_picture_is_shown_to_everybody_until_it_is_taken_away(database: TestDatabase) {
        let stage = Stage::beside(&database, MANIFEST).await;
        assert_eq!(header(&shown(&stage).await, "content-type"), "image/svg+xml");
        assert_eq!(send(&stage, PNG).await, StatusCode::NO_CONTENT);
        let picture = shown(&stage).await;
        assert_eq!(header(&picture, "content-type"), "image/png");
        let tag = header(&picture, "etag").to_owned();
        assert_eq!(&picture.bytes().await.unwrap()[..], PNG);
        let known = stage.vigie.request(Method::GET, "alpha", "/brand/logo");
        let known = answer(known.header("if-none-match", tag)).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        let remove = async || answer(stage.ask(Method::DELETE, "/logo")).await.status();
        assert_eq!(remove().await, StatusCode::NO_CONTENT);
        assert_eq!(remove().await, StatusCode::NOT_FOUND);
        assert_eq!(header(&shown(&stage).await, "content-type"), "image/svg+xml");
    }

    async fn what_can_carry_a_script_is_no_picture(database: TestDatabase) {
        let stage = Stage::beside(&database, MANIFEST).await;
        for content in [&b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"[..], b"GIF89a", b""] {
            assert_eq!(send(&stage, content).await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let large: &'static [u8] = vec![PNG[0]; 300 * 1024].leak();
        assert_eq!(send(&stage, large).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(header(&shown(&stage).await, "content-type"), "image/svg+xml");
    }
}
