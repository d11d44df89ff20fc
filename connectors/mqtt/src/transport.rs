//! The byte stream to a broker: TCP or TLS.

use crate::MqttConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, Error as TlsError, RootCertStore};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use url::Url;
use vigie_contract::{ConfigFault, ConnectorError, Reach};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Anything bytes go through.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Where the broker is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: bool,
}

impl Peer {
    pub(crate) fn parse(url: &str) -> Result<Self, ConfigFault> {
        let fault = |message: String| ConfigFault::at("/url", message);
        let example = "such as `mqtts://broker.example:8883`";
        let parsed =
            Url::parse(url).map_err(|error| fault(format!("`{url}`: {error}; {example}")))?;
        let tls = match parsed.scheme() {
            "mqtt" => false,
            "mqtts" => true,
            other => {
                return Err(fault(format!(
                    "`{other}://` is not `mqtt://` or `mqtts://`"
                )));
            }
        };
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(fault(
                "user and password are keys of their own, not part of the url".to_owned(),
            ));
        }
        let host = parsed.host_str().filter(|host| !host.is_empty());
        Ok(Self {
            host: host
                .ok_or_else(|| fault(format!("`{url}` names no host; {example}")))?
                .to_owned(),
            port: parsed.port().unwrap_or(if tls { 8883 } else { 1883 }),
            tls,
        })
    }

    /// Connects within ten seconds.
    pub(crate) async fn connect(
        &self,
        config: &MqttConfig,
        reach: &Reach,
    ) -> Result<Box<dyn Stream>, ConnectorError> {
        tokio::time::timeout(CONNECT_TIMEOUT, self.dial(config, reach))
            .await
            .unwrap_or_else(|_| {
                Err(retry(format!(
                    "{}:{} does not answer",
                    self.host, self.port
                )))
            })
    }

    async fn dial(
        &self,
        config: &MqttConfig,
        reach: &Reach,
    ) -> Result<Box<dyn Stream>, ConnectorError> {
        let bare = self.host.trim_matches(['[', ']']);
        let stream = reach
            .connect(bare, self.port)
            .await
            .map_err(|error| retry(format!("{}:{}: {error}", self.host, self.port)))?;
        stream
            .set_nodelay(true)
            .map_err(|error| retry(error.to_string()))?;
        if !self.tls {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(bare.to_owned())
            .map_err(|_| ConnectorError::Fatal(format!("`{bare}` is no host name for TLS")))?;
        let connector = TlsConnector::from(Arc::new(tls_config(config.ca_file.as_deref())?));
        let stream = connector.connect(name, stream).await;
        Ok(Box::new(stream.map_err(|error| {
            retry(format!("TLS with {bare}: {}", in_words(&error)))
        })?))
    }
}

/// The authorities of `ca_file`, else of the system.
fn tls_config(ca_file: Option<&Path>) -> Result<ClientConfig, ConnectorError> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        Some(path) => {
            let unreadable =
                |error| ConnectorError::Fatal(format!("ca_file {}: {error}", path.display()));
            for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
                roots
                    .add(certificate.map_err(unreadable)?)
                    .map_err(|error| {
                        ConnectorError::Fatal(format!("ca_file {}: {error}", path.display()))
                    })?;
            }
        }
        None => _ = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs),
    }
    if roots.is_empty() {
        return Err(ConnectorError::Fatal(
            "there is no certificate authority to trust".to_owned(),
        ));
    }
    Ok(
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| ConnectorError::Fatal(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}

/// What a person can do about a certificate; other errors speak for themselves.
fn in_words(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let words = match inner {
        Some(TlsError::InvalidCertificate(fault)) => match fault {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                "its certificate is of an authority that is not trusted; name it with `ca_file`"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate is for another name"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired"
            }
            _ => return error.to_string(),
        },
        _ => return error.to_string(),
    };
    words.to_owned()
}

fn retry(message: String) -> ConnectorError {
    ConnectorError::Retry(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_host_port_and_tls() {
        let peer = |host: &str, port, tls| Peer {
            host: host.to_owned(),
            port,
            tls,
        };
        assert_eq!(
            Peer::parse("mqtt://a.example").unwrap(),
            peer("a.example", 1883, false)
        );
        assert_eq!(
            Peer::parse("mqtts://a.example").unwrap(),
            peer("a.example", 8883, true)
        );
        assert_eq!(
            Peer::parse("mqtt://127.0.0.1:9").unwrap(),
            peer("127.0.0.1", 9, false)
        );
    }

    #[test]
    fn a_wrong_url_says_what_is_allowed() {
        for wrong in [
            "",
            "broker",
            "http://a.example",
            "mqtt://",
            "mqtt://user:secret@a.example",
        ] {
            assert_eq!(Peer::parse(wrong).unwrap_err().pointer, "/url", "{wrong}");
        }
    }
}
