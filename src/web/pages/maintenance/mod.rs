//! The maintenance log: what is due and done everywhere, one piece of work, and its place on the
//! page of its equipment.

mod author;
mod files;
mod form;
mod list;
mod section;
mod service;
mod work;

pub use files::{file, remove_file};
pub use list::list;
pub use section::Section as MaintenanceSection;
pub use service::{save_service, show_service};
pub use work::{add, create, done, remove, save, show};
#[cfg(test)]
pub use {list::ListPage, service::ServicePage, work::WorkPage};

use crate::tenancy::Reason;
use crate::tenancy::maintenance::MaintenanceError;
use crate::web::WebError;

impl From<MaintenanceError> for WebError {
    fn from(error: MaintenanceError) -> Self {
        let fault = |field: &str| {
            let detail = error.to_string();
            Self::fault(format!("/{field}"), Reason::Shape { detail })
        };
        match error {
            MaintenanceError::Unknown => Self::NotFound,
            MaintenanceError::Stale => Self::Changed,
            MaintenanceError::Title => fault("title"),
            MaintenanceError::Notes => fault("notes"),
            MaintenanceError::Day(field) => fault(field),
            MaintenanceError::Store(error) => error.into(),
        }
    }
}
