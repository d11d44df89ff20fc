//! A kept file on its way out: to be saved, never to be shown in place.

use super::pages::encode;
use crate::store::tenant::maintenance_files::FileContent;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::response::{IntoResponse, Response};

/// The file as an attachment in a sandbox, whatever it is.
pub fn as_attachment(file: FileContent) -> Response {
    let name = format!("attachment; filename*=UTF-8''{}", encode(&file.name));
    let headers = [
        (CONTENT_TYPE, file.media_type),
        (CONTENT_DISPOSITION, name),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, file.content).into_response()
}
