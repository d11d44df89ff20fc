//! The TLS side of a listener: certificate and key from PEM.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error as RustlsError, ServerConfig};

/// Why a listener cannot speak TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate chain cannot be read.
    #[error("cannot read the certificate chain in {path}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: PemError,
    },
    /// The private key cannot be read.
    #[error("cannot read the private key in {path}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: PemError,
    },
    /// Certificate and key do not make a server.
    #[error("certificate and key do not fit")]
    Unfit(#[from] RustlsError),
}

/// A TLS 1.2 and 1.3 server for [`Broker::serve_tls`](crate::Broker::serve_tls), without
/// client certificates: devices sign in with their password.
pub fn server_config(chain: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect)
        .map_err(|source| TlsError::Certificate {
            path: chain.into(),
            source,
        })?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|source| TlsError::Key {
        path: key.into(),
        source,
    })?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    Ok(Arc::new(config))
}
