use super::series::MOST_TAGS;
use super::*;
use proptest::prelude::*;

fn lines(body: &str) -> Vec<Result<Line<'_>, LineError>> {
    parse(body.as_bytes(), Precision::Nanoseconds).collect()
}

fn one(body: &str) -> Line<'_> {
    lines(body).remove(0).unwrap()
}

fn reason(body: &str) -> &'static str {
    lines(body).remove(0).unwrap_err().reason
}

#[test]
fn a_line_has_series_fields_and_time() {
    let line = one(
        "weather,location=us-midwest,season=summer temperature=82,humidity=71.5 1465839830100400200",
    );
    assert_eq!(line.series, "weather,location=us-midwest,season=summer");
    assert_eq!(
        line.fields,
        [
            ("temperature".into(), Field::Number(82.0)),
            ("humidity".into(), Field::Number(71.5))
        ]
    );
    assert_eq!(line.at_us, Some(1_465_839_830_100_400));
    let series = Series::parse(line.series).unwrap();
    assert_eq!(
        (&*series.measurement, series.tag("season")),
        ("weather", Some("summer"))
    );
}

#[test]
fn every_type_of_value_is_read() {
    let line = one(r#"m a=1i,b=-2i,c=3u,d=1e-3,e=-4.5,f=t,g=FALSE,h="two words, a=b""#);
    let values: Vec<_> = line.fields.into_iter().map(|(_, value)| value).collect();
    let number = Field::Number;
    let text = Field::Text("two words, a=b".into());
    assert_eq!(
        values,
        [
            number(1.0),
            number(-2.0),
            number(3.0),
            number(0.001),
            number(-4.5),
            Field::Bool(true),
            Field::Bool(false),
            text
        ]
    );
    assert_eq!(line.at_us, None);
}

#[test]
fn escapes_stand_for_their_character() {
    let line = one(r#"wea\,ther\ x,loc\ ation=us\,mid\=west temp\=erature="a\"b\\c\n" 1"#);
    let series = Series::parse(line.series).unwrap();
    assert_eq!(series.measurement, "wea,ther x");
    assert_eq!(series.tag("loc ation"), Some("us,mid=west"));
    assert_eq!(
        line.fields,
        [("temp=erature".into(), Field::Text("a\"b\\c\\n".into()))]
    );
}

#[test]
fn a_text_may_hold_line_feeds_and_the_numbers_go_on() {
    let parsed = lines("a x=\"1\n2\" 1\n# comment\n\nb y=2 2\r\n");
    assert_eq!(
        parsed[0].as_ref().unwrap().fields[0].1,
        Field::Text("1\n2".into())
    );
    let second = parsed[1].as_ref().unwrap();
    assert_eq!(
        (second.number, second.series, second.at_us),
        (5, "b", Some(0))
    );
    assert_eq!(parsed.len(), 2);
}

#[test]
fn a_bad_line_is_told_and_takes_no_other_with_it() {
    let parsed = lines("good v=1 1\nbad\nalso v=\"open 2\ngood v=3 3");
    let numbers: Vec<_> = parsed
        .iter()
        .filter_map(|line| line.as_ref().err())
        .map(|e| e.number)
        .collect();
    assert_eq!(numbers, [2, 3]);
    assert_eq!(parsed.iter().filter(|line| line.is_ok()).count(), 2);
}

#[test]
fn a_quote_that_never_closes_spoils_its_own_line_only() {
    let body = format!("m v=\"open\n{}", "m v=1\n".repeat(100_000));
    let parsed = lines(&body);
    assert_eq!(
        parsed[0].as_ref().unwrap_err().reason,
        "a text without its closing quote"
    );
    assert_eq!(parsed.iter().filter(|line| line.is_ok()).count(), 100_000);
}

#[test]
fn a_bad_line_says_what_is_wrong() {
    assert_eq!(reason("m"), "no fields");
    assert_eq!(reason(",t=1 v=1"), "no measurement");
    assert_eq!(reason("m v"), "a field without `=`");
    assert_eq!(reason("m v="), "a field without a value");
    assert_eq!(reason("m v=1 noon"), "the time stamp is no integer");
    assert_eq!(reason("m v=1x"), "not a number");
    assert_eq!(reason("m v=99999999999999999999i"), "not a 64-bit integer");
    assert_eq!(
        reason("m v=NaN"),
        "a value that is no number, boolean or quoted text"
    );
    assert_eq!(
        reason("m v=1e999"),
        "a number beyond the largest 64-bit float"
    );
    assert_eq!(Series::parse("m,t="), Err("a tag without a key or value"));
}

#[test]
fn a_line_holds_a_bounded_number_of_fields_and_tags() {
    let fields = format!("m {}", vec!["v=1"; MOST_FIELDS + 1].join(","));
    assert_eq!(reason(&fields), "more than 4096 fields");
    let tags = format!("m,{}", ["t=1"; MOST_TAGS + 1].join(","));
    assert_eq!(Series::parse(&tags), Err("more than 256 tags"));
}

#[test]
fn precision_scales_the_stamp_and_never_overflows() {
    let at = |precision: &str, stamp: &str| {
        let body = format!("m v=1 {stamp}");
        let precision = Precision::parse(precision).unwrap();
        parse(body.as_bytes(), precision)
            .next()
            .unwrap()
            .map(|line| line.at_us)
    };
    assert_eq!(at("s", "2"), Ok(Some(2_000_000)));
    assert_eq!(at("ms", "2"), Ok(Some(2_000)));
    assert_eq!(at("us", "2"), Ok(Some(2)));
    assert_eq!(at("", "-1"), Ok(Some(-1)));
    assert!(at("s", &i64::MAX.to_string()).is_err());
    assert_eq!(Precision::parse("fortnights"), None);
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        for line in parse(&body, Precision::Seconds).flatten() {
            let _ = Series::parse(line.series);
        }
    }

    #[test]
    fn nearly_good_lines_never_panic(body in r##"[ab\\ ,="#\n0-9.ietuNf-]{0,80}"##) {
        let feeds = body.bytes().filter(|byte| *byte == b'\n').count();
        for line in parse(body.as_bytes(), Precision::Nanoseconds) {
            let number = match &line {
                Ok(line) => { let _ = Series::parse(line.series); line.number }
                Err(error) => error.number,
            };
            prop_assert!((1..=feeds + 1).contains(&number));
        }
    }

    #[test]
    fn what_is_written_is_read(value in any::<f64>().prop_filter("finite", |v| v.is_finite()), at in any::<i64>(), text in "[a-z\"\\\\ ,=]{0,12}") {
        let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
        let body = format!("m,t=x v={value:?},s=\"{quoted}\" {at}");
        let line = parse(body.as_bytes(), Precision::Microseconds).next().unwrap().unwrap();
        prop_assert_eq!(&line.fields[0].1, &Field::Number(value));
        prop_assert_eq!(&line.fields[1].1, &Field::Text(text.into()));
        prop_assert_eq!(line.at_us, Some(at));
    }
}
