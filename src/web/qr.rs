//! A QR code as one SVG path; nothing the content policy would forbid.

use super::WebError;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Modules of free space around the code (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// A code, ready for `<svg viewBox="0 0 size size"><path d="path"/></svg>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Width and height in modules.
    pub size: usize,
    /// One horizontal stroke for each run of dark modules.
    pub path: String,
}

impl Qr {
    /// The code of a text.
    pub fn of(text: &str) -> Result<Self, WebError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M);
        let code = code.map_err(|error| WebError::Internal(error.to_string()))?;
        let (width, colors) = (code.width(), code.to_colors());
        let mut path = String::new();
        for (y, row) in colors.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == Color::Dark {
                    let _ = write!(
                        path,
                        "M{} {}h{n}v1h-{n}z",
                        x + QUIET,
                        y + QUIET,
                        n = run.len()
                    );
                }
                x += run.len();
            }
        }
        Ok(Self {
            size: width + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_corners_and_its_quiet_zone() {
        let qr = Qr::of("otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP").unwrap();
        assert!(qr.path.starts_with("M4 4h7v1h-"), "{}", &qr.path[..40]);
        assert!(qr.size >= 21 + 2 * QUIET);
    }
}
