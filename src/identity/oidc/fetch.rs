//! Requests to providers. An administrator of a client names the address, so it is guarded:
//! https only, no redirects, no addresses of this network, small answers, in time.
//!
//! An installation that is itself reached over plain http (development, tests) may also
//! speak to a provider on the loopback.

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const LONGEST_ANSWER: usize = 256 * 1024;

/// Why a provider was not asked, or gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address may not be asked.
    #[error("{0} may not be asked: give an https address outside of this network")]
    Forbidden(String),
    /// It did not answer.
    #[error("no answer: {0}")]
    NoAnswer(#[from] reqwest::Error),
    /// The answer is too long or no answer at all.
    #[error("an answer that cannot be read: {0}")]
    Unreadable(String),
}

/// Asks providers.
#[derive(Clone)]
pub struct Fetch {
    client: Client,
    loopback: bool,
}

impl Fetch {
    /// `https`: whether this installation is reached over https; then no loopback is asked.
    pub fn new(https: bool) -> Result<Self, FetchError> {
        // reqwest takes the process's provider; whoever installs one first, it is this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let resolver = Outside { loopback: !https };
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(ANSWER_WITHIN)
            .dns_resolver(Arc::new(resolver))
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            loopback: !https,
        })
    }

    /// Whether this address may be asked, as far as its text tells.
    pub fn allows(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let here = host == "localhost" || literal.is_some_and(|address| address.is_loopback());
        match url.scheme() {
            "https" if !here => literal.is_none_or(is_outside),
            "https" | "http" => here && self.loopback,
            _ => false,
        }
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let (parts, body) = request.into_parts();
        let forbidden = || FetchError::Forbidden(parts.uri.to_string());
        let url: Url = parts.uri.to_string().parse().map_err(|_| forbidden())?;
        if !self.allows(&url) {
            return Err(forbidden());
        }
        let asked = self
            .client
            .request(parts.method, url)
            .headers(parts.headers);
        let mut answer = asked.body(body).send().await?;
        let mut response = openidconnect::http::Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        while let Some(chunk) = answer.chunk().await? {
            let body = response.body_mut();
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(FetchError::Unreadable("it is too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Fetch {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

/// Resolves names, and forgets addresses of this network: a name may point anywhere.
#[derive(Clone, Copy)]
struct Outside {
    loopback: bool,
}

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.loopback;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed =
                |at: &SocketAddr| is_outside(at.ip()) || (loopback && at.ip().is_loopback());
            let addresses: Vec<_> = found.filter(allowed).collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to no network of one's own (IANA special-purpose registries).
fn is_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let testing = a == 198 && (b == 18 || b == 19);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || shared
                || testing)
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_outside(IpAddr::V4(v4));
            }
            // global unicast without documentation and tunnels to v4
            let [first, second, ..] = v6.segments();
            let documentation = first == 0x2001 && second == 0x0db8;
            first & 0xe000 == 0x2000 && !documentation && first != 0x2002
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_outside_of_this_network_is_asked() {
        let serving = Fetch::new(true).unwrap();
        let allowed = |text: &str| serving.allows(&text.parse().unwrap());
        assert!(allowed("https://login.example.org/realm"));
        for inside in [
            "http://login.example.org",
            "https://localhost",
            "https://127.0.0.1",
            "https://[::1]",
            "https://10.1.2.3",
            "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:10.0.0.1]",
            "https://[fd00::1]",
            "ftp://login.example.org",
        ] {
            assert!(!allowed(inside), "{inside}");
        }
    }

    #[test]
    fn a_development_installation_may_ask_the_loopback_and_nothing_else_of_its_network() {
        let developing = Fetch::new(false).unwrap();
        let allowed = |text: &str| developing.allows(&text.parse().unwrap());
        assert!(allowed("http://127.0.0.1:9000") && allowed("http://localhost:9000"));
        assert!(!allowed("http://10.0.0.1") && !allowed("http://login.example.org"));
    }
}
