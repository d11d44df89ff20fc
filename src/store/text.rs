//! Domain words that are kept as text: how sqlx reads and writes them.
//!
//! A stored word that the domain does not know is an error of the column, never a default.

use crate::domain::{
    CommandPolicy, CommandState, FieldKind, PointKind, Role, SignInStep, StaffRole, StateSet,
    TenantStatus, Unit,
};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};

macro_rules! stored_as_text {
    ($($word:ty: $write:expr, $read:expr;)+) => {$(
        impl<DB: Database> Type<DB> for $word
        where
            String: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as Type<DB>>::type_info()
            }
            fn compatible(info: &DB::TypeInfo) -> bool {
                <String as Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $word
        where
            String: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let write: fn(&$word) -> Result<String, BoxDynError> = $write;
                <String as Encode<'q, DB>>::encode(write(self)?, buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $word
        where
            String: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let read: fn(&str) -> Result<$word, BoxDynError> = $read;
                read(&<String as Decode<'r, DB>>::decode(value)?)
            }
        }
    )+};
}

stored_as_text! {
    CommandPolicy: |policy| Ok(serde_json::to_string(policy)?), |text| Ok(serde_json::from_str(text)?);
    CommandState: |state| Ok(state.as_str().to_owned()), |text| Ok(text.parse()?);
    FieldKind: |kind| Ok(kind.as_str().to_owned()), |text| Ok(text.parse()?);
    PointKind: |kind| Ok(kind.as_str().to_owned()), |text| Ok(text.parse()?);
    Role: |role| Ok(role.as_str().to_owned()), |text| Ok(text.parse()?);
    StaffRole: |role| Ok(role.as_str().to_owned()), |text| Ok(text.parse()?);
    SignInStep: |step| Ok(step.as_str().to_owned()), |text| Ok(text.parse()?);
    TenantStatus: |status| Ok(status.as_str().to_owned()), |text| Ok(text.parse()?);
    Unit: |unit| Ok(unit.symbol().to_owned()), |text| Ok(Unit::parse(text)?);
    StateSet: |states| Ok(serde_json::to_string(states)?), |text| Ok(serde_json::from_str(text)?);
}
