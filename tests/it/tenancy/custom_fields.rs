//! Custom fields as code: values given by hand stay where a manifest says nothing of them, and
//! what cannot be kept is refused with its place.

use super::home::{apply_text, at_home, plan, plan_with, read};
use super::minimal;
use vigie::tenancy::manifest::{PlanError, Prune, read_current};

fn yard(fields: &str, custom: &str) -> String {
    let client = minimal("acme");
    format!("{client}{fields}[[sites]]\nkey = \"yard\"\nname = \"Yard\"\n{custom}")
}

const USE: &str = "[[fields]]\nnoun = \"site\"\nkey = \"use\"\nname = \"Use\"\nkind = \"select\"\n\
                   options = [\"office\", \"workshop\"]\n";

at_home! {
    async fn values_stay_where_a_manifest_says_nothing_and_go_where_it_says_so(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &yard(USE, "custom = { use = \"office\" }\n"), Prune::Keep).await;
        for silent in [yard(USE, ""), yard("", "")] {
            assert!(plan(&directory, &silent, Prune::Keep).await.is_empty(), "{silent}");
        }
        let other = plan(&directory, &yard(USE, "custom = { use = \"workshop\" }\n"), Prune::Keep).await;
        assert!(other.to_string().contains("custom.use"), "{other}");
        apply_text(&directory, &yard(USE, "custom = {}\n"), Prune::Keep).await;
        let current = read_current(&directory, "acme").await.unwrap();
        assert!(current.model.custom.is_empty());
        apply_text(&directory, &yard("", ""), Prune::Remove).await;
        let current = read_current(&directory, "acme").await.unwrap();
        assert!(current.model.fields.is_empty(), "what no manifest names goes with --prune");
    }

    async fn a_value_that_is_none_of_its_field_is_refused_before_anything_is_done(home: Home) {
        let directory = home.open().await;
        apply_text(&directory, &yard(USE, ""), Prune::Keep).await;
        let wrong = [
            (yard(USE, "custom = { use = \"barn\" }\n"), "custom.use"),
            (yard(USE, "custom = { colour = \"red\" }\n"), "custom.colour"),
            (yard(&USE.replace("select", "text").replace("options", "# options"), ""), "is fixed"),
        ];
        for (text, said) in wrong {
            let refused = plan_with(&directory, &read(&text), Prune::Keep, &[]).await;
            let Err(PlanError::Faults(faults)) = refused else { panic!("{text} was planned") };
            assert!(faults.to_string().contains(said), "{faults}");
        }
    }
}
