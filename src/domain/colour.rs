//! Colours of clients: read, and held to what people can read on them.

/// Text on a colour must stand out this much (WCAG 2.2, 1.4.3).
pub const LEAST_CONTRAST: f64 = 4.5;

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// What is written on colours: white, and the ink of the look.
const WRITING: [&str; 2] = ["#ffffff", "#16191d"];

/// `#rrggbb`, in any case.
pub fn parse_colour(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let bytes = hex::decode(digits).ok()?;
    bytes.try_into().ok()
}

/// What can be read, white or ink, on a colour, and the contrast of the better one.
pub fn writing_on(colour: Rgb) -> (Option<&'static str>, f64) {
    let contrasts = WRITING.map(|on| (on, contrast(colour, parse_colour(on).unwrap_or_default())));
    let readable = contrasts.iter().find(|(_, ratio)| *ratio >= LEAST_CONTRAST);
    let best = contrasts
        .iter()
        .fold(0.0_f64, |best, (_, ratio)| best.max(*ratio));
    (readable.map(|(on, _)| *on), best)
}

/// Contrast ratio of WCAG 2.2.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance([r, g, b]: Rgb) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_on_black_has_the_greatest_contrast_there_is() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        assert!((contrast([9; 3], [9; 3]) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_grey_in_the_middle_can_be_written_on_with_neither() {
        assert_eq!(writing_on([0x7b; 3]).0, None);
        assert_eq!(writing_on([0x1f, 0x4b, 0x7a]).0, Some("#ffffff"));
    }
}
