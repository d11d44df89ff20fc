//! What one may change, changed: every write of the table on what is one's own. Last of all,
//! since little is left of the first client afterwards; of the others everything is.

use super::actors::{Actor, WELCOME};
use super::faults_of;
use super::walk::{Answer, Whose, ask_in_turn, filled, ids_of, method, with_body};
use super::world::{World, canary};
use vigie::web::permissions::{PORTAL, Rule};

/// Those who may least first: an administrator puts people out.
const WRITERS: [&str; 10] = [
    "link",
    "write-key",
    "support",
    "newcomer",
    "member",
    "viewer",
    "read-key",
    "keeper",
    "operator",
    "admin",
];
/// Those who may remove things, once everybody has written.
const REMOVERS: [&str; 3] = ["keeper", "operator", "admin"];

/// The writes of everybody of the first client, and whether another one felt them.
pub(super) async fn walk(world: &World) -> Vec<String> {
    let others =
        || ["beta", "gamma"].map(|slug| world.vigie.must_run(&["tenants", "export", slug]));
    let before = others();
    let (mut faults, mut changed) = (Vec::new(), Vec::new());
    for name in WRITERS {
        let answers = write_as(world, actor(name), |rule| !removes(rule)).await;
        judge(world, name, &answers, &mut faults, &mut changed);
    }
    for name in REMOVERS {
        let answers = write_as(world, actor(name), removes).await;
        judge(world, name, &answers, &mut faults, &mut changed);
    }
    if changed.len() < 16 {
        faults.push(format!(
            "too little is changed to prove anything: {changed:?}"
        ));
    }
    if others() != before {
        faults.push("what is written at alpha changes another client".to_owned());
    }
    faults
}

fn actor(name: &str) -> &'static Actor {
    let found = WELCOME.iter().find(|actor| actor.name == name);
    found.expect("an actor of this name")
}

fn removes(rule: &Rule) -> bool {
    rule.method == "DELETE" || rule.path.ends_with("/remove")
}

/// What is wrong with the answers to somebody, and what they changed.
fn judge(
    world: &World,
    name: &str,
    answers: &[Answer],
    faults: &mut Vec<String>,
    changed: &mut Vec<String>,
) {
    for answer in answers {
        let wrong = faults_of(answer, &world.clients[0], actor(name));
        faults.extend(wrong.iter().map(|fault| format!("{name} writes: {fault}")));
        if answer.let_in() && answer.rule.path.contains('{') {
            changed.push(format!("{name}: {}", answer.named()));
        }
    }
}

async fn write_as(world: &World, actor: &Actor, which: fn(&Rule) -> bool) -> Vec<Answer> {
    let client = &world.clients[0];
    let stays = ["/sign-out", "/support/leave", "/support/{token}"];
    let may = |rule: &&Rule| {
        rule.method != "GET" && actor.passes(rule) && !stays.contains(&rule.path) && which(rule)
    };
    let rules = PORTAL.iter().filter(may).map(|rule| (rule, Whose::Own));
    ask_in_turn(rules, |rule, whose| {
        let path = filled(rule.path, &ids_of(whose, &world.clients, 0));
        let request = world.vigie.request(method(rule), client.slug, &path);
        let name = format!("{} by {}", canary(client.slug), actor.name);
        with_body(actor.sends(world, request, client.slug), rule, &name)
    })
    .await
}
