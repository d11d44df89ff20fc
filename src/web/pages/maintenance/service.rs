//! Whom to call about an equipment, and its warranty.

use super::author::Author;
use crate::domain::EquipmentId;
use crate::store::tenant::EquipmentRow;
use crate::store::tenant::service::{self, Service};
use crate::tenancy::attachments::{AttachmentError, set_service};
use crate::web::extract::{Form, Path, Visit, Visitor};
use crate::web::form::Field;
use crate::web::pages::{Link, page};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::{WebError, days};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// The form.
#[derive(Template)]
#[template(path = "pages/equipment_service.html")]
pub struct ServicePage {
    pub(super) shell: Shell,
    pub(super) equipment: Link,
    pub(super) action: String,
    pub(super) version: i64,
    pub(super) name: Field,
    pub(super) phone: Field,
    pub(super) email: Field,
    pub(super) warranty: Field,
    pub(super) trouble: Option<String>,
}

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    version: i64,
    contact_name: String,
    contact_phone: String,
    contact_email: String,
    warranty_until: String,
}

/// `GET /equipment/{id}/service`
pub async fn show_service(visit: Visit, Path(id): Path<EquipmentId>) -> Result<Response, WebError> {
    let row = visit.model.equipment(id).ok_or(WebError::NotFound)?;
    let known = service::find(visit.client.scope().db(), id).await?;
    let typed = known.as_ref().map(Typed::of).unwrap_or_default();
    page(&ServicePage::of(
        &visit.visitor,
        &visit.present(),
        row,
        typed,
        None,
    ))
}

/// `POST /equipment/{id}/service`
pub async fn save_service(
    visit: Visit,
    author: Author,
    Path(id): Path<EquipmentId>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let row = visit.model.equipment(id).ok_or(WebError::NotFound)?;
    let on = (id, row.equipment.key.as_str());
    let saved = match typed.service() {
        Ok(known) => set_service(visit.client.scope().db(), author.by(), on, &known).await,
        Err(error) => Err(error),
    };
    match saved {
        Ok(()) => Ok(Redirect::to(&format!("/equipment/{id}")).into_response()),
        Err(AttachmentError::Store(error)) => Err(error.into()),
        Err(error) => {
            let again = ServicePage::of(&visit.visitor, &visit.present(), row, typed, Some(&error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
        }
    }
}

impl Typed {
    fn of(known: &Service) -> Self {
        Self {
            version: known.version,
            contact_name: known.contact_name.clone(),
            contact_phone: known.contact_phone.clone(),
            contact_email: known.contact_email.clone(),
            warranty_until: known.warranty_until.map(days::field).unwrap_or_default(),
        }
    }

    fn service(&self) -> Result<Service, AttachmentError> {
        let warranty_until = match self.warranty_until.trim() {
            "" => None,
            text => Some(days::parse(text).ok_or(AttachmentError::Contact("warranty_until"))?),
        };
        Ok(Service {
            contact_name: self.contact_name.trim().to_owned(),
            contact_phone: self.contact_phone.trim().to_owned(),
            contact_email: self.contact_email.trim().to_owned(),
            warranty_until,
            version: self.version,
        })
    }
}

impl ServicePage {
    #[cfg(test)]
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let wrong = AttachmentError::Contact("contact_email");
        let row = &present.model.equipment[0];
        Self::of(visitor, present, row, Typed::default(), Some(&wrong))
    }

    pub(in crate::web::pages) fn of(
        visitor: &Visitor,
        present: &Present,
        row: &EquipmentRow,
        typed: Typed,
        error: Option<&AttachmentError>,
    ) -> Self {
        let words = visitor.words();
        let field = |name: &'static str, value: &str| {
            let wrong = matches!(error, Some(AttachmentError::Contact(field)) if *field == name);
            let fault = wrong.then(|| words.get(&format!("service-{name}-fault")));
            Field::new(name, &format!("service-{name}"), words)
                .value(value)
                .fault(fault)
        };
        let stale = matches!(error, Some(AttachmentError::Stale));
        Self {
            shell: Shell::of(visitor, Section::Equipment, present),
            equipment: Link::new(format!("/equipment/{}", row.id), row.equipment.name.clone()),
            action: format!("/equipment/{}/service", row.id),
            version: typed.version,
            name: field("contact_name", &typed.contact_name),
            phone: field("contact_phone", &typed.contact_phone),
            email: field("contact_email", &typed.contact_email),
            warranty: field("warranty_until", &typed.warranty_until),
            trouble: stale.then(|| words.get("maintenance-stale")),
        }
    }
}
