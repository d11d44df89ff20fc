//! What a client has, one file per noun: lists, single things, and changes through the desk.

macro_rules! changes {
    ($wish:ident, $out:ty, $tag:literal, $all:tt, $one:tt) => {
        /// Makes one. With an `Idempotency-Key` a repetition gets the first answer again.
        #[utoipa::path(
            post, path = $all, tag = $tag, request_body = $wish,
            responses((status = 201, description = "Made", body = $out,
                headers(("ETag" = String), ("Location" = String))))
        )]
        pub async fn create(
            desk: Desk,
            JsonBody(body): JsonBody,
        ) -> Result<axum::response::Response, WebError> {
            let wish = Wish { thing: <$wish as Wished>::THING, act: Act::Create(body) };
            let made = desk.make_one(wish).await?;
            let at = concat!("/api/v1", $all).to_owned() + "/" + &made.id.to_string();
            let looked = desk.look(made.thing, made.id).await?;
            let out = find(&desk, made.id, made.secret).await?;
            Ok(conditions::created(&at, &looked.version, out))
        }

        /// Gives it other values; what is left out gets its usual value.
        #[utoipa::path(
            put, path = $one, tag = $tag, request_body = $wish,
            params(("id" = i64, Path), IfMatch),
            responses((status = 200, description = "Changed", body = $out, headers(("ETag" = String))))
        )]
        pub async fn replace(
            desk: Desk,
            Path(id): Path<i64>,
            IfMatch(seen): IfMatch,
            JsonBody(with): JsonBody,
        ) -> Result<axum::response::Response, WebError> {
            let wish = Wish { thing: <$wish as Wished>::THING, act: Act::Replace { id, with, seen } };
            change(&desk, wish).await
        }

        /// Changes what is given, takes away what is `null`, leaves the rest (RFC 7396).
        #[utoipa::path(
            patch, path = $one, tag = $tag,
            request_body(content = Object, content_type = "application/merge-patch+json", description = "Any of the fields of a PUT"),
            params(("id" = i64, Path), IfMatch),
            responses((status = 200, description = "Changed", body = $out, headers(("ETag" = String))))
        )]
        pub async fn patch(
            desk: Desk,
            Path(id): Path<i64>,
            IfMatch(seen): IfMatch,
            JsonBody(with): JsonBody,
        ) -> Result<axum::response::Response, WebError> {
            let wish = Wish { thing: <$wish as Wished>::THING, act: Act::Patch { id, with, seen } };
            change(&desk, wish).await
        }

        /// Removes it; refused with 409 while other things stand on it.
        #[utoipa::path(
            delete, path = $one, tag = $tag,
            params(("id" = i64, Path), IfMatch),
            responses((status = 204, description = "Removed"))
        )]
        pub async fn remove(
            desk: Desk,
            Path(id): Path<i64>,
            IfMatch(seen): IfMatch,
        ) -> Result<axum::http::StatusCode, WebError> {
            desk.make_one(Wish::remove(<$wish as Wished>::THING, id, seen)).await?;
            Ok(axum::http::StatusCode::NO_CONTENT)
        }

        async fn change(desk: &Desk, wish: Wish) -> Result<axum::response::Response, WebError> {
            let made = desk.make_one(wish).await?;
            let looked = desk.look(made.thing, made.id).await?;
            let out = find(desk, made.id, made.secret).await?;
            Ok(conditions::changed(&looked.version, out))
        }
    };
}

/// The handler of a single thing.
macro_rules! one {
    ($wish:ident, $out:ty, $tag:literal, $one:tt) => {
        /// One of them, with its version as `ETag`.
        #[utoipa::path(
            get, path = $one, tag = $tag, params(("id" = i64, Path)),
            responses((status = 200, description = "As it is now", body = $out, headers(("ETag" = String))),
                (status = 304, description = "Still the version of If-None-Match"))
        )]
        pub async fn one(
            desk: Desk,
            Path(id): Path<i64>,
            asked: IfNoneMatch,
        ) -> Result<axum::response::Response, WebError> {
            let thing = <$wish as Wished>::THING;
            desk.check_sight(thing, id)?;
            let out = find(&desk, id, None).await?;
            let looked = desk.look(thing, id).await?;
            Ok(conditions::shown(&asked, &looked.version, out))
        }
    };
}

pub mod api_keys;
pub mod commands;
pub mod connections;
pub mod devices;
pub mod equipment;
pub mod field_reports;
pub mod fields;
pub mod found;
pub mod points;
pub mod settings;
pub mod sites;
pub mod types;
pub mod users;
