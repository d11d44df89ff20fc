//! A browser without scripts: keeps cookies, sends forms, follows nothing by itself.

use super::Vigie;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use std::collections::BTreeMap;

/// A browser at the portal of one client.
pub struct Browser<'a> {
    vigie: &'a Vigie,
    client: &'static str,
    cookies: BTreeMap<String, String>,
}

/// What it was shown.
pub struct Page {
    pub status: StatusCode,
    /// Where it is led, if anywhere.
    pub location: String,
    pub text: String,
}

impl Page {
    /// The value of the input with this name.
    pub fn input(&self, name: &str) -> String {
        let at = self.text.find(&format!("name=\"{name}\" value=\""));
        let at = at.unwrap_or_else(|| panic!("no input {name} in {}", self.text));
        let rest = &self.text[at..];
        let value = rest
            .split("value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        value.unwrap_or_default().to_owned()
    }
}

impl<'a> Browser<'a> {
    pub fn new(vigie: &'a Vigie) -> Self {
        Self {
            vigie,
            client: "alpha",
            cookies: BTreeMap::new(),
        }
    }

    /// One on the host of the platform's staff.
    pub fn at_console(vigie: &'a Vigie) -> Self {
        Self {
            client: "console",
            ..Self::new(vigie)
        }
    }

    /// One that has signed in with a password.
    pub async fn signed_in(vigie: &'a Vigie, email: &str, password: &str) -> Self {
        let mut browser = Self::new(vigie);
        let page = browser.sign_in(email, password).await;
        assert_eq!(
            (page.status, page.location.as_str()),
            (StatusCode::SEE_OTHER, "/")
        );
        browser
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        self.post("/sign-in", &[("email", email), ("password", password)])
            .await
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.vigie.request(Method::GET, self.client, path);
        self.send(request).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let body: Vec<_> = form
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        let request = self
            .vigie
            .request(Method::POST, self.client, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(body.join("&"));
        self.send(request).await
    }

    /// Follows the way of another server from `url` until it leads back here: path and query.
    pub async fn elsewhere(&self, url: &str) -> String {
        let client = Client::builder()
            .redirect(Policy::none())
            .cookie_store(true)
            .build()
            .unwrap();
        let mut here = reqwest::Url::parse(url).unwrap();
        for _ in 0..10 {
            let answer = client.get(here.clone()).send().await.expect("an answer");
            let next = answer.headers().get("location");
            let next = next.unwrap_or_else(|| panic!("{here} leads nowhere: {}", answer.status()));
            here = here.join(next.to_str().unwrap()).unwrap();
            if here.host_str() == Some("alpha.localhost") {
                return format!("{}?{}", here.path(), here.query().unwrap_or_default());
            }
        }
        panic!("{url} goes on for ever");
    }

    /// The address of the portal.
    pub fn address(&self, path: &str) -> String {
        format!(
            "http://{}.localhost:{}{path}",
            self.client,
            self.vigie.web_port()
        )
    }

    /// Whether pages of the portal open.
    pub async fn is_in(&mut self) -> bool {
        self.get("/").await.status == StatusCode::OK
    }

    async fn send(&mut self, request: RequestBuilder) -> Page {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header("cookie", cookies.join("; "))
            .header("user-agent", "tests/1");
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let answer = client
            .execute(request.build().unwrap())
            .await
            .expect("an answer");
        for value in answer.headers().get_all("set-cookie") {
            let pair = value.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = answer
            .headers()
            .get("location")
            .and_then(|value| value.to_str().ok());
        Page {
            status: answer.status(),
            location: location.unwrap_or_default().to_owned(),
            text: answer.text().await.unwrap_or_default(),
        }
    }
}

fn encode(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
