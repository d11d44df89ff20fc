//! Nobody sees another client's data, ever: every route of the table, as everybody who could
//! come, on both databases.
//!
//! A route without a row in the table is refused to everybody and fails `house::routes`; a
//! row that is added there is walked here without a line more.

mod actors;
mod elsewhere;
mod tokens;
mod walk;
mod world;
mod writes;

use crate::support::Backend;
use actors::{Actor, TURNED_AWAY, WELCOME, forged_token, unsigned_token};
use reqwest::StatusCode;
use vigie::web::permissions::{CONSOLE, Callers, PORTAL, Requirement, Rule};
use walk::{Answer, Whose, ask_all, filled, ids_of, method, with_body};
use world::{Client, World, canary, secret};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_crosses_a_wall_on_sqlite() {
    no_wall_is_crossed(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_crosses_a_wall_on_postgres() {
    no_wall_is_crossed(Backend::Postgres).await;
}

async fn no_wall_is_crossed(backend: Backend) {
    let world = World::open(backend).await;
    let mut faults = Vec::new();
    for at in 0..world.clients.len() {
        for actor in &WELCOME {
            faults.extend(walk_as(&world, at, actor).await);
        }
        // Proofs are judged alike everywhere: all of them at the first, some at the others.
        let some = if at == 0 { TURNED_AWAY.len() } else { 2 };
        for actor in &TURNED_AWAY[..some] {
            faults.extend(turned_away(&world, at, actor).await);
        }
        faults.extend(strangers(&world, at).await);
    }
    faults.extend(wrong_hosts(&world).await);
    faults.extend(console(&world).await);
    faults.extend(elsewhere::messages(&world).await);
    faults.extend(writes::walk(&world).await);
    faults.extend(elsewhere::words(&world));
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Somebody of this client, with a proof that is good.
async fn walk_as(world: &World, at: usize, actor: &Actor) -> Vec<String> {
    let client = &world.clients[at];
    let mine = |rule: &&Rule| rule.path != "/ws" && rule.path != "/sign-out";
    let rules = PORTAL.iter().filter(mine).flat_map(|rule| {
        [Whose::Own, Whose::Hidden, Whose::Other, Whose::Nobodys]
            .into_iter()
            .filter(|whose| rule.path.contains('{') || *whose == Whose::Own)
            .filter(|whose| at == 0 || *whose != Whose::Nobodys)
            .map(move |whose| (rule, whose))
    });
    // Who may change things would change them: that comes last, in `writes`.
    let rules = rules.filter(|(rule, whose)| {
        let refused = match whose {
            Whose::Own => false,
            Whose::Hidden => !actor.sees_all && is_of_model(rule),
            Whose::Other | Whose::Nobodys => true,
        };
        rule.method == "GET" || !actor.passes(rule) || refused
    });
    let answers = ask_all(rules, |rule, whose| {
        let path = filled(rule.path, &ids_of(whose, &world.clients, at));
        let request = world.vigie.request(method(rule), client.slug, &path);
        with_body(actor.sends(world, request, client.slug), rule, actor.name)
    })
    .await;
    let seen = answers
        .iter()
        .filter(|answer| answer.bytes.contains(&canary(client.slug)));
    if actor.name == "admin" && seen.count() < 8 {
        return vec![format!(
            "{}: the admin sees too little to prove anything",
            client.slug
        )];
    }
    let faults = answers
        .iter()
        .flat_map(|answer| faults_of(answer, client, actor));
    faults
        .map(|fault| format!("{} of {}: {fault}", actor.name, client.slug))
        .collect()
}

/// What is wrong with an answer to somebody whose proof is good.
fn faults_of(answer: &Answer, client: &Client, actor: &Actor) -> Vec<String> {
    let mut faults = Vec::new();
    let passes = actor.passes(answer.rule);
    let is_open = answer.rule.requirement == Requirement::Public;
    if answer.status.is_server_error() {
        faults.push(answer.named());
    }
    if !passes && answer.let_in() {
        faults.push(format!("{}: was let in", answer.named()));
    }
    let barred = matches!(
        answer.status,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
    );
    if passes && !is_open && barred {
        faults.push(format!("{}: was kept out", answer.named()));
    }
    let is_foreign = match answer.whose {
        Whose::Own => !actor.sees_all && actor.name == "newcomer" && is_of_model(answer.rule),
        Whose::Hidden => !actor.sees_all && is_of_model(answer.rule),
        Whose::Other | Whose::Nobodys => !is_open,
    };
    if is_foreign && answer.rule.path.contains('{') && answer.let_in() {
        faults.push(format!("{}: is not theirs", answer.named()));
    }
    let leaks = answer.leaks(client.slug, actor.sees_all || is_open);
    faults.extend(
        leaks
            .iter()
            .map(|word| format!("{}: shows {word}", answer.named())),
    );
    faults
}

/// Whether the parameter of a path is a thing that grants narrow.
fn is_of_model(rule: &Rule) -> bool {
    ["/sites/{", "/equipment/{", "/points/{"]
        .iter()
        .any(|noun| rule.path.contains(noun))
}

/// Every route that is not open, asked with a proof that is worth nothing.
async fn turned_away(world: &World, at: usize, actor: &Actor) -> Vec<String> {
    let client = &world.clients[at];
    let answers = ask_closed(world, at, |rule, path| {
        let request = world.vigie.request(method(rule), client.slug, path);
        actor.sends(world, request, client.slug)
    });
    strangers_faults(&format!("{} of {}", actor.name, client.slug), answers.await)
}

/// Proofs that are good at another client, and tokens that are good nowhere.
async fn strangers(world: &World, at: usize) -> Vec<String> {
    let client = &world.clients[at];
    let other = world.clients[(at + 1) % world.clients.len()].slug;
    let mut faults = Vec::new();
    let some = if at == 0 { WELCOME.len() } else { 2 };
    for actor in &WELCOME[..some] {
        let answers = ask_closed(world, at, |rule, path| {
            let request = world.vigie.request(method(rule), client.slug, path);
            actor.sends(world, request, other)
        });
        let who = format!("{} of {other} at {}", actor.name, client.slug);
        faults.extend(strangers_faults(&who, answers.await));
    }
    for token in [
        unsigned_token(client.slug),
        unsigned_token(other),
        forged_token(client.slug),
        "..".to_owned(),
    ] {
        let answers = ask_closed(world, at, |rule, path| {
            let request = world.vigie.request(method(rule), client.slug, path);
            request.bearer_auth(&token)
        });
        let who = format!("a token at {}", client.slug);
        faults.extend(strangers_faults(&who, answers.await));
    }
    faults
}

/// The admin of a client at hosts that are not theirs.
async fn wrong_hosts(world: &World) -> Vec<String> {
    let admin = &WELCOME[0];
    let slug = world.clients[0].slug;
    let mut faults = Vec::new();
    for host in [
        "nobody.localhost",
        "localhost",
        "127.0.0.1",
        "alpha.localhost.evil",
    ] {
        let answers = ask_closed(world, 0, |rule, path| {
            admin.sends(world, world.vigie.at_host(method(rule), host, path), slug)
        });
        for answer in answers.await {
            let landing = host == "localhost" && answer.rule.path == "/";
            let own = answer.bytes.contains(&canary(slug));
            if own || (answer.let_in() && !landing) {
                faults.push(format!("{host}: {}", answer.named()));
            }
        }
    }
    faults
}

/// The console opens to its staff only, by role; and its cookies open no portal.
async fn console(world: &World) -> Vec<String> {
    let mut faults = Vec::new();
    for (who, role) in [
        ("nobody", None),
        ("support", Some("support")),
        ("admin", Some("admin")),
    ] {
        let closed = CONSOLE.iter().filter(|rule| is_closed(rule));
        let rules = closed.filter(|rule| rule.method == "GET" || role != Some("admin"));
        let answers = ask_all(rules.map(|rule| (rule, Whose::Nobodys)), |rule, _| {
            let path = rule
                .path
                .replace("{slug}", "alpha")
                .replace("{id}", "987654321");
            let request = world.vigie.request(method(rule), "console", &path);
            let cookie = role.map_or_else(
                || format!("vigie_console={0}; vigie={0}", secret("alpha", "admin")),
                |role| format!("vigie_console={}", secret("console", role)),
            );
            request.header("cookie", cookie)
        });
        for answer in answers.await {
            let needs_admin =
                answer.rule.requirement == Requirement::Staff(vigie::domain::StaffRole::Admin);
            let may = role == Some("admin") || (role == Some("support") && !needs_admin);
            if answer.let_in() && !may || answer.status.is_server_error() {
                faults.push(format!("console as {who}: {}", answer.named()));
            }
            if may && answer.rule.method == "GET" && !answer.status.is_success() {
                faults.push(format!(
                    "console as {who}: {}: was kept out",
                    answer.named()
                ));
            }
        }
    }
    let answers = ask_closed(world, 0, |rule, path| {
        let cookie = secret("console", "admin");
        let request = world.vigie.request(method(rule), "alpha", path);
        request.header("cookie", format!("vigie={cookie}; vigie_console={cookie}"))
    });
    faults.extend(strangers_faults("staff at alpha", answers.await));
    faults
}

/// Every route that is not open, with the numbers of the client.
async fn ask_closed(
    world: &World,
    at: usize,
    request: impl Fn(&'static Rule, &str) -> reqwest::RequestBuilder,
) -> Vec<Answer> {
    let closed = PORTAL.iter().filter(|rule| is_closed(rule));
    ask_all(closed.map(|rule| (rule, Whose::Own)), |rule, whose| {
        request(rule, &filled(rule.path, &ids_of(whose, &world.clients, at)))
    })
    .await
}

fn is_closed(rule: &Rule) -> bool {
    rule.requirement != Requirement::Public && rule.callers != Callers::Links
}

/// Strangers are let in nowhere and read nobody's words, not even those of whom they ask.
fn strangers_faults(who: &str, answers: Vec<Answer>) -> Vec<String> {
    let refused = |answer: &&Answer| {
        let words = world::CLIENTS
            .iter()
            .any(|(slug, _)| answer.bytes.contains(&canary(slug)));
        answer.let_in() || answer.status.is_server_error() || words
    };
    let wrong = answers.iter().filter(refused);
    wrong
        .map(|answer| format!("{who}: {}", answer.named()))
        .collect()
}
