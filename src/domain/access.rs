//! Who asks, what they may do, and with which part of their client.

use super::{
    ApiKeyId, EquipmentTypeId, Permission, Permissions, PointId, Role, ShareLinkId, SiteId,
    SupportGrantId, UserId,
};
use std::sync::Arc;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A person of the client.
    User(UserId),
    /// A program of theirs.
    Key(ApiKeyId),
    /// Whoever holds the link to one dashboard.
    Share(ShareLinkId),
    /// Somebody of the platform's staff whom the client can see and send away.
    Support(SupportGrantId),
}

impl std::fmt::Display for Principal {
    /// As the log of changes names the one who acts: `user:7`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Share(id) => write!(f, "share:{id}"),
            Self::Support(id) => write!(f, "support:{id}"),
        }
    }
}

/// What a person was granted below their role. A side that is empty does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Grants {
    /// These sites with all that is inside them.
    pub sites: Vec<SiteId>,
    /// Equipment of these types.
    pub types: Vec<EquipmentTypeId>,
}

impl Grants {
    /// Whether nothing was granted.
    pub const fn is_empty(&self) -> bool {
        self.sites.is_empty() && self.types.is_empty()
    }
}

/// The part of a client that somebody sees. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// All of it.
    All,
    /// What stands on granted sites and is of a granted type.
    Only(Arc<Grants>),
    /// These points alone, and what they belong to.
    Points(Arc<[PointId]>),
    /// Nothing.
    Nothing,
}

/// What somebody may do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Who asks.
    pub principal: Principal,
    /// What they may do.
    pub permissions: Permissions,
    /// With which part of their client.
    pub scope: Scope,
}

impl Access {
    /// Of a person. Grants narrow every role but the admin's; a member without any sees nothing.
    pub fn of_user(user: UserId, role: Role, grants: Grants) -> Self {
        let held = Permissions::of_role(role);
        let (permissions, scope) = match role {
            Role::Admin => (held, Scope::All),
            _ if !grants.is_empty() => (held.in_part(), Scope::Only(Arc::new(grants))),
            Role::Member => (held.in_part(), Scope::Nothing),
            Role::Viewer | Role::Operator => (held, Scope::All),
        };
        Self {
            principal: Principal::User(user),
            permissions,
            scope,
        }
    }

    /// Of a program, by the scopes of its key.
    pub fn of_key(key: ApiKeyId, scopes: &str) -> Self {
        Self {
            principal: Principal::Key(key),
            permissions: Permissions::of_scopes(scopes),
            scope: Scope::All,
        }
    }

    /// Of a link to one dashboard: it shows these points and allows nothing else.
    pub fn of_share(link: ShareLinkId, points: Vec<PointId>) -> Self {
        Self {
            principal: Principal::Share(link),
            permissions: Permissions::of(&[Permission::See]),
            scope: Scope::Points(points.into()),
        }
    }

    /// Of staff whom the client was told of: they look and change nothing.
    pub fn of_support(grant: SupportGrantId) -> Self {
        Self {
            principal: Principal::Support(grant),
            permissions: Permissions::of(&[Permission::See, Permission::SeeConnections]),
            scope: Scope::All,
        }
    }

    /// Whether they may do this.
    pub const fn may(&self, permission: Permission) -> bool {
        self.permissions.holds(permission)
    }

    /// Whether they see all of their client.
    pub const fn sees_all(&self) -> bool {
        matches!(self.scope, Scope::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(role: Role, sites: &[i64]) -> Access {
        let grants = Grants {
            sites: sites.iter().map(|id| SiteId(*id)).collect(),
            types: Vec::new(),
        };
        Access::of_user(UserId(1), role, grants)
    }

    #[test]
    fn a_member_sees_what_is_assigned_and_nothing_without() {
        assert_eq!(granted(Role::Member, &[]).scope, Scope::Nothing);
        assert!(matches!(granted(Role::Member, &[4]).scope, Scope::Only(_)));
    }

    #[test]
    fn grants_narrow_operators_and_viewers_and_never_admins() {
        for role in [Role::Operator, Role::Viewer] {
            assert!(granted(role, &[]).sees_all());
            assert!(!granted(role, &[4]).sees_all());
        }
        assert!(granted(Role::Operator, &[]).may(Permission::SeeConnections));
        assert!(!granted(Role::Operator, &[4]).may(Permission::SeeConnections));
        assert!(granted(Role::Admin, &[4]).sees_all());
        assert!(granted(Role::Admin, &[4]).may(Permission::ManageUsers));
    }

    #[test]
    fn links_and_support_change_nothing() {
        let accesses = [
            Access::of_share(ShareLinkId(1), vec![PointId(1)]),
            Access::of_support(SupportGrantId(1)),
        ];
        for access in accesses {
            let held = Permission::ALL
                .into_iter()
                .filter(|permission| access.may(*permission));
            for permission in held {
                assert!(
                    matches!(permission, Permission::See | Permission::SeeConnections),
                    "{permission:?}"
                );
            }
        }
    }
}
