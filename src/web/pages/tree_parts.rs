//! Parts of the tree that come later: a branch somebody opened, what a search found.

use super::page;
use super::tree::{Chosen, Tree, TreeSite};
use crate::domain::SiteId;
use crate::web::WebError;
use crate::web::extract::{Path, Query, Visit};
use crate::web::plain::words;
use crate::web::words::Words;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

/// What stands on a site, for a branch that was opened.
#[derive(Template)]
#[template(path = "partials/tree_branch.html")]
struct Branch {
    words: Words,
    site: TreeSite,
}

/// What a search in the tree found.
#[derive(Template)]
#[template(path = "partials/tree_sites.html")]
struct Sites {
    words: Words,
    tree: Tree,
}

/// What the box above the tree says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    q: String,
}

/// `GET /tree/sites/{id}`: the branch below a site.
pub async fn branch(visit: Visit, Path(id): Path<SiteId>) -> Result<Response, WebError> {
    let (present, words) = (visit.present(), visit.visitor.words());
    let row = present.model.site(id).ok_or(WebError::NotFound)?;
    let chosen = Chosen {
        site: Some(id),
        equipment: None,
    };
    let mut site = TreeSite::of(&present, row, 0, chosen, words);
    site.current = false;
    let words = visit.visitor.words();
    page(&Branch { words, site })
}

/// `GET /tree?q=`: the sites and equipment whose names hold all words.
pub async fn find(visit: Visit, Query(wanted): Query<Wanted>) -> Result<Response, WebError> {
    let (present, text) = (visit.present(), visit.visitor.words());
    let wanted = words(&wanted.q);
    let tree = if wanted.is_empty() {
        Tree::of(&present, Chosen::default(), text)
    } else {
        Tree::found(&present, &wanted, text)
    };
    let words = visit.visitor.words();
    page(&Sites { words, tree })
}
