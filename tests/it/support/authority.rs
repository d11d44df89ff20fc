//! A certificate authority of one test, and servers it vouches for.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Its files are gone when it is dropped.
pub struct Authority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// Certificate and key of a server, as PEM files.
pub struct Identity {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let folder = super::scratch();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).expect("a writable folder");
        Self { folder, issuer }
    }

    /// What a client is to trust.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Vouches for a server of this name.
    pub fn vouch_for(&self, name: &str) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let write = |file: String, text: &str| {
            let path: &Path = self.folder.path();
            let path = path.join(file);
            std::fs::write(&path, text).expect("a writable folder");
            path
        };
        Identity {
            certificate: write(format!("{name}.pem"), &certificate.pem()),
            key: write(format!("{name}.key"), &key.serialize_pem()),
        }
    }
}
