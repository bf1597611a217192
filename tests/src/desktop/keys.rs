//! Key strokes as people write them down: `Control+K`, `Alt+C`, `F2`, `Shift+Tab`, `?`.

use fantoccini::key::Key;

use super::Trouble;

const NAMED: &[(&str, Key)] = &[
    ("Control", Key::Control),
    ("Alt", Key::Alt),
    ("Shift", Key::Shift),
    ("Enter", Key::Enter),
    ("Escape", Key::Escape),
    ("Tab", Key::Tab),
    ("Space", Key::Space),
    ("Backspace", Key::Backspace),
    ("Delete", Key::Delete),
    ("Home", Key::Home),
    ("End", Key::End),
    ("PageUp", Key::PageUp),
    ("PageDown", Key::PageDown),
    ("Up", Key::Up),
    ("Down", Key::Down),
    ("Left", Key::Left),
    ("Right", Key::Right),
    ("F1", Key::F1),
    ("F2", Key::F2),
    ("F3", Key::F3),
    ("F4", Key::F4),
    ("F5", Key::F5),
    ("F6", Key::F6),
    ("F7", Key::F7),
    ("F8", Key::F8),
    ("F9", Key::F9),
    ("F10", Key::F10),
    ("F11", Key::F11),
    ("F12", Key::F12),
];

/// The keys of one chord in the order in which they go down.
///
/// # Errors
/// A part is neither a named key nor a single character.
pub fn chord(text: &str) -> Result<Vec<char>, Trouble> {
    if text == "+" {
        return Ok(vec!['+']);
    }
    text.split('+').map(|part| key(part).ok_or_else(|| Trouble::Key(text.to_owned()))).collect()
}

fn key(part: &str) -> Option<char> {
    if let Some((_, key)) = NAMED.iter().find(|(name, _)| *name == part) {
        return Some(char::from(*key));
    }
    let mut signs = part.chars();
    // A letter in a chord names the key, not the capital: Control+K is not Control+Shift+K.
    signs.next().filter(|_| signs.next().is_none()).map(|sign| sign.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_read_as_people_write_them() {
        assert_eq!(chord("Control+K").unwrap(), ['\u{e009}', 'k']);
        assert_eq!(chord("F2").unwrap(), ['\u{e032}']);
        assert_eq!(chord("?").unwrap(), ['?']);
        assert!(chord("Ctrl+K").is_err());
        assert!(chord("").is_err());
    }
}
