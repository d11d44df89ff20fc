//! What may be done in a portal, and which role may do it.
//!
//! Few words, so that nobody has to guess: a verb on a noun, checked in one place
//! (`web::permissions`). Which role holds which is the table below and nothing else.

use super::Role;

/// One thing that may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Permission {
    /// Look at sites, equipment, points and their values.
    See,
    /// Look at connections and at what devices send: refusals, strangers.
    SeeConnections,
    /// Look at the names and addresses of the people of the client.
    SeePersonal,
    /// Run what is there: annotate, maintain, acknowledge, command.
    Operate,
    /// Send samples.
    WriteSamples,
    /// Change sites, equipment types and custom fields.
    ConfigureSites,
    /// Change equipment and its points, adopt what was discovered.
    ConfigureEquipment,
    /// Change connections and the credentials of devices.
    ConfigureConnections,
    /// Invite, change and remove people and what each is granted.
    ManageUsers,
    /// Make and revoke API keys.
    ManageKeys,
    /// Change what concerns the client as a whole: brand, retention, sign-in, allow-list.
    ManageClient,
    /// Read who changed what.
    ReadAudit,
    /// Show a dashboard to others, by a link too.
    ShareDashboards,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::See,
        Self::SeeConnections,
        Self::SeePersonal,
        Self::Operate,
        Self::WriteSamples,
        Self::ConfigureSites,
        Self::ConfigureEquipment,
        Self::ConfigureConnections,
        Self::ManageUsers,
        Self::ManageKeys,
        Self::ManageClient,
        Self::ReadAudit,
        Self::ShareDashboards,
    ];

    /// The word of refusals and of the documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::SeeConnections => "see-connections",
            Self::SeePersonal => "see-personal",
            Self::Operate => "operate",
            Self::WriteSamples => "write-samples",
            Self::ConfigureSites => "configure-sites",
            Self::ConfigureEquipment => "configure-equipment",
            Self::ConfigureConnections => "configure-connections",
            Self::ManageUsers => "manage-users",
            Self::ManageKeys => "manage-keys",
            Self::ManageClient => "manage-client",
            Self::ReadAudit => "read-audit",
            Self::ShareDashboards => "share-dashboards",
        }
    }

    /// Whether it reaches only what one was granted; the others concern the whole client and
    /// are not held by somebody who sees a part of it.
    pub const fn fits_a_part(self) -> bool {
        matches!(
            self,
            Self::See | Self::Operate | Self::ConfigureEquipment | Self::ShareDashboards
        )
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u16);

impl Permissions {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// These.
    pub const fn of(list: &[Permission]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < list.len() {
            bits |= 1 << list[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    /// What a role holds.
    pub const fn of_role(role: Role) -> Self {
        match role {
            Role::Viewer | Role::Member => LOOKS,
            Role::Operator => RUNS,
            Role::Admin => ALL,
        }
    }

    /// What the scopes of an API key hold: words separated by blanks. Unknown words hold nothing.
    pub fn of_scopes(scopes: &str) -> Self {
        let held = |word: &str| {
            KEY_SCOPES
                .iter()
                .find(|(name, _)| *name == word)
                .map_or(Self::NONE, |(_, permissions)| *permissions)
        };
        scopes
            .split(' ')
            .fold(Self::NONE, |all, word| all.and(held(word)))
    }

    /// Whether it holds this one.
    pub const fn holds(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of them that can reach a part of a client.
    #[must_use]
    pub fn in_part(self) -> Self {
        let kept = Permission::ALL
            .into_iter()
            .filter(|permission| permission.fits_a_part() && self.holds(*permission));
        Self::of(&kept.collect::<Vec<_>>())
    }
}

/// Viewers and members; what a member sees is only what is assigned to them.
const LOOKS: Permissions = Permissions::of(&[Permission::See]);
const RUNS: Permissions = LOOKS.and(Permissions::of(&[
    Permission::SeeConnections,
    Permission::SeePersonal,
    Permission::Operate,
    Permission::ConfigureEquipment,
    Permission::ConfigureConnections,
    Permission::ShareDashboards,
]));
const ALL: Permissions = Permissions::of(&Permission::ALL);

/// What each scope of an API key holds, by its word.
pub const KEY_SCOPES: [(&str, Permissions); 4] = [
    (
        "read",
        Permissions::of(&[Permission::See, Permission::SeeConnections]),
    ),
    ("write", Permissions::of(&[Permission::WriteSamples])),
    (
        "configure",
        Permissions::of(&[
            Permission::Operate,
            Permission::ConfigureSites,
            Permission::ConfigureEquipment,
            Permission::ConfigureConnections,
        ]),
    ),
    (
        "manage",
        Permissions::of(&[
            Permission::SeePersonal,
            Permission::ManageUsers,
            Permission::ManageKeys,
            Permission::ManageClient,
            Permission::ReadAudit,
        ]),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_those_before_it_may() {
        let roles = [Role::Viewer, Role::Member, Role::Operator, Role::Admin];
        for pair in roles.windows(2) {
            let (less, more) = (Permissions::of_role(pair[0]), Permissions::of_role(pair[1]));
            assert_eq!(less.and(more), more, "{pair:?}");
        }
    }

    #[test]
    fn only_an_admin_manages_and_a_viewer_changes_nothing() {
        use Permission::*;
        for permission in [ManageUsers, ManageKeys, ManageClient, ReadAudit] {
            for role in Role::ALL {
                let held = Permissions::of_role(role).holds(permission);
                assert_eq!(held, role == Role::Admin, "{role} {permission:?}");
            }
        }
        let viewer = Permissions::of_role(Role::Viewer);
        let held: Vec<_> = Permission::ALL
            .into_iter()
            .filter(|permission| viewer.holds(*permission))
            .collect();
        assert_eq!(held, [See]);
    }

    #[test]
    fn a_key_holds_what_its_scopes_say_and_an_unknown_word_nothing() {
        let both = Permissions::of_scopes("read write");
        assert!(both.holds(Permission::See) && both.holds(Permission::WriteSamples));
        assert!(!both.holds(Permission::ManageUsers));
        assert_eq!(Permissions::of_scopes("admin  *"), Permissions::NONE);
    }

    #[test]
    fn who_sees_a_part_holds_nothing_that_concerns_the_whole() {
        let part = Permissions::of_role(Role::Admin).in_part();
        assert!(part.holds(Permission::See) && part.holds(Permission::ConfigureEquipment));
        for permission in [Permission::ReadAudit, Permission::SeeConnections] {
            assert!(!part.holds(permission));
        }
    }
}
