//! What is done with links that are mailed, and who gets none.

use super::{ADA, Browser, PASSWORD, Page, directory, installation, open, portal};
use crate::support::{Postbox, TestDatabase, Vigie, on_each_backend};
use reqwest::StatusCode;
use vigie::store::tenant::users;

const ANOTHER: &str = "a rose is a rose is a rose";

async fn mailing(database: &TestDatabase, postbox: &Postbox) -> Vigie {
    let vigie = installation(database)
        .with("VIGIE_SMTP_URL", &postbox.url())
        .with("VIGIE_SMTP_FROM", "Vigie <vigie@vigie.example>");
    open(vigie).await
}

fn chosen<'a>(token: &'a str, password: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("token", token),
        ("name", "Bob"),
        ("password", password),
        ("again", password),
    ]
}

on_each_backend! {
    async fn a_forgotten_password_is_replaced_once_and_ends_all_sessions(database: TestDatabase) {
        let postbox = Postbox::start(1).await;
        let vigie = mailing(&database, &postbox).await;
        let mut signed_in = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let mut browser = Browser::new(&vigie);
        let nobody = browser.post("/sign-in/forgot", &[("email", "nobody@alpha.example")]).await;
        let known = browser.post("/sign-in/forgot", &[("email", "ADA@alpha.example")]).await;
        let without = |page: &Page| page.text.replace("nobody@alpha.example", "").replace("ADA@alpha.example", "").split("data-now").next().map(str::to_owned);
        assert_eq!((nobody.status, without(&nobody)), (known.status, without(&known)), "the same words");

        let mail = postbox.nth(1).await;
        assert_eq!(mail.to, [ADA]);
        assert_eq!(mail.from, "Vigie <vigie@vigie.example>");
        assert!(mail.subject.contains("Alpha") && mail.html.contains(&mail.token()));
        let form = browser.get(&mail.path()).await;
        assert_eq!(form.status, StatusCode::OK);
        browser.get(&mail.path()).await;
        assert!(signed_in.is_in().await, "looking uses nothing up");

        let page = browser.post("/sign-in/reset", &chosen(&mail.token(), "short")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = browser.post("/sign-in/reset", &chosen(&mail.token(), ANOTHER)).await;
        assert_eq!(page.location, "/sign-in?done=password");
        assert!(!signed_in.is_in().await);
        let again = browser.post("/sign-in/reset", &chosen(&mail.token(), PASSWORD)).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
        Browser::signed_in(&vigie, ADA, ANOTHER).await;
        assert_eq!(postbox.nth(2).await.subject, "Your password for Alpha was changed");
        assert_eq!(postbox.mails().len(), 2, "nobody@ got none");
    }

    async fn an_invited_person_chooses_a_password_and_sees_what_was_granted(database: TestDatabase) {
        let postbox = Postbox::start(0).await;
        let vigie = mailing(&database, &postbox).await;
        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let page = admin.get("/admin/people").await;
        let hall = page.text.split("name=\"site\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let form = [("name", "Bob"), ("email", "Bob@other.example"), ("role", "member"), ("site", hall)];
        let page = admin.post("/admin/people", &form).await;
        assert_eq!(page.location, "/admin/people?done=invited");
        let twice = admin.post("/admin/people", &form).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);

        let mail = postbox.nth(1).await;
        assert_eq!(mail.to, ["bob@other.example"]);
        let mut bob = Browser::new(&vigie);
        assert!(bob.get(&mail.path()).await.text.contains("value=\"Bob\""));
        let page = bob.post("/sign-in/welcome", &chosen(&mail.token(), ANOTHER)).await;
        assert_eq!(page.location, "/");
        assert!(bob.get("/equipment").await.status.is_success());
        assert_eq!(bob.get("/admin/people").await.status, StatusCode::FORBIDDEN);
        let again = bob.post("/sign-in/welcome", &chosen(&mail.token(), PASSWORD)).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    }

    async fn without_mail_the_administrator_hands_the_link_over(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let form = [("name", "Bob"), ("email", "bob@other.example"), ("role", "viewer")];
        let page = admin.post("/admin/people", &form).await;
        let link = page.text.split("id=\"link\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
        let token = link.split("token=").nth(1).unwrap();
        let mut bob = Browser::new(&vigie);
        assert_eq!(bob.post("/sign-in/welcome", &chosen(token, ANOTHER)).await.location, "/");
        assert!(bob.is_in().await);
    }

    async fn a_link_to_a_former_address_opens_nothing(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let form = [("name", "Bob"), ("email", "bob@other.example"), ("role", "viewer")];
        let page = admin.post("/admin/people", &form).await;
        let link = page.text.split("id=\"link\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
        let token = link.split("token=").nth(1).unwrap();

        let directory = directory(&vigie, &database).await;
        let alpha = directory.by_slug("alpha").unwrap();
        let bob = users::find_by_email(alpha.db(), "bob@other.example").await.unwrap().unwrap();
        let mut tx = alpha.db().begin().await.unwrap();
        users::rename(&mut tx, bob.id, "robert@other.example").await.unwrap();
        tx.commit().await.unwrap();
        let mut thief = Browser::new(&vigie);
        assert_eq!(thief.get(&format!("/sign-in/welcome?token={token}")).await.status, StatusCode::NOT_FOUND);
        let page = thief.post("/sign-in/welcome", &chosen(token, ANOTHER)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(!thief.is_in().await);
    }

    async fn only_chosen_domains_and_prepared_employees_register(database: TestDatabase) {
        let postbox = Postbox::start(0).await;
        let vigie = mailing(&database, &postbox).await;
        let mut browser = Browser::new(&vigie);
        assert_eq!(browser.get("/sign-in/register").await.status, StatusCode::NOT_FOUND);

        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let wrong = admin.post("/admin/sign-in", &[("domains", "acme"), ("register_role", "viewer")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains(">acme</textarea>"), "what was typed stays");
        let policy = [
            ("domains", "acme.example"),
            ("register_role", "viewer"),
            ("employees_on", "on"),
            ("employees", "eve@other.example operator"),
        ];
        assert_eq!(admin.post("/admin/sign-in", &policy).await.location, "/admin/sign-in?done=policy");

        for email in ["eve@evil.example", ADA, "bob@acme.example", "eve@other.example"] {
            let page = browser.post("/sign-in/register", &[("name", "Bob"), ("email", email)]).await;
            assert!(page.text.contains("role=\"status\""), "{email}: the same words for everybody");
        }
        let mails = [postbox.nth(1).await, postbox.nth(2).await];
        let to: Vec<_> = mails.iter().map(|mail| mail.to[0].as_str()).collect();
        assert_eq!(to, ["bob@acme.example", "eve@other.example"]);
        let mut eve = Browser::new(&vigie);
        let page = eve.post("/sign-in/welcome", &chosen(&mails[1].token(), ANOTHER)).await;
        assert_eq!(page.location, "/");
        assert!(eve.get("/connections").await.status.is_success(), "an operator, as the list said");
    }

    async fn an_address_is_confirmed_by_a_link_and_a_button(database: TestDatabase) {
        let postbox = Postbox::start(0).await;
        let vigie = mailing(&database, &postbox).await;
        let mut browser = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        assert!(browser.get("/me").await.text.contains("action=\"/me/verify\""));
        browser.post("/me/verify", &[]).await;
        let mail = postbox.nth(1).await;
        let mut anybody = Browser::new(&vigie);
        assert_eq!(anybody.get(&mail.path()).await.status, StatusCode::OK);
        anybody.post("/sign-in/verify", &[("token", &mail.token())]).await;
        assert!(!browser.get("/me").await.text.contains("action=\"/me/verify\""));
        assert!(!anybody.is_in().await, "the link signs nobody in");
    }

    async fn somebody_who_is_disabled_is_out_at_once(database: TestDatabase) {
        let vigie = portal(&database).await;
        let mut admin = Browser::signed_in(&vigie, ADA, PASSWORD).await;
        let mut vic = Browser::signed_in(&vigie, "vic@alpha.example", PASSWORD).await;
        let page = admin.get("/admin/people").await;
        let action = page.text.split("action=\"/admin/people/").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
        admin.post(&format!("/admin/people/{action}/disable"), &[]).await;
        assert!(!vic.is_in().await);
        let refused = vic.sign_in("vic@alpha.example", PASSWORD).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
