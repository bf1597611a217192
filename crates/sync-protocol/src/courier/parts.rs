//! The parts of a file one after the other: what each is, how long it is, and its bytes. Whatever a length promises,
//! only what is there is held.

use std::io::{BufRead as _, BufReader, ErrorKind, Read};

use super::{CourierError, PART_MAX, Part};

/// What a part is, and its length.
const HEAD: usize = 1 + 4;

/// What stands before the body of a part.
///
/// # Errors
/// `TooLarge`.
pub fn head(part: Part, body: &[u8]) -> Result<[u8; HEAD], CourierError> {
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= PART_MAX);
    let length = length.ok_or(CourierError::TooLarge { limit: PART_MAX })?;
    let [a, b, c, d] = length.to_be_bytes();
    Ok([part.sign(), a, b, c, d])
}

/// Parts that are read.
pub struct PartReader<R: Read>(BufReader<R>);

impl<R: Read> PartReader<R> {
    pub fn new(source: R) -> Self {
        Self(BufReader::new(source))
    }

    /// What the next part is; `None` behind the last.
    ///
    /// # Errors
    /// `Damaged` where the file is not what was written.
    pub fn peek(&mut self) -> Result<Option<Part>, CourierError> {
        let ahead = self.0.fill_buf().map_err(broken)?;
        let Some(sign) = ahead.first() else { return Ok(None) };
        Part::of(*sign).map(Some).ok_or(CourierError::Damaged)
    }

    /// The next part, of at most `limit` bytes; `None` behind the last.
    ///
    /// # Errors
    /// `Damaged`, `TooLarge`.
    pub fn part(&mut self, limit: usize) -> Result<Option<(Part, Vec<u8>)>, CourierError> {
        let Some(part) = self.peek()? else { return Ok(None) };
        let mut head = [0; HEAD];
        self.0.read_exact(&mut head).map_err(broken)?;
        let [_, length @ ..] = head;
        let length = u32::from_be_bytes(length);
        if usize::try_from(length).unwrap_or(usize::MAX) > limit {
            return Err(CourierError::TooLarge { limit });
        }
        let mut body = Vec::new();
        let read = (&mut self.0).take(u64::from(length)).read_to_end(&mut body).map_err(broken)?;
        match read == body.len() && u32::try_from(read) == Ok(length) {
            true => Ok(Some((part, body))),
            false => Err(CourierError::Damaged),
        }
    }

    /// Goes through all that is left: the file is whole then, to its end.
    ///
    /// # Errors
    /// `Damaged`, `TooLarge`.
    pub fn prove(mut self) -> Result<(), CourierError> {
        while self.part(PART_MAX)?.is_some() {}
        Ok(())
    }
}

fn broken(error: std::io::Error) -> CourierError {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => CourierError::Damaged,
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_promises_more_than_there_is_costs_nothing() {
        let refused = |bytes: &[u8]| PartReader::new(bytes).part(1 << 20).unwrap_err();
        assert!(matches!(refused(&[2, 0xff, 0xff, 0xff, 0xff, 7]), CourierError::TooLarge { .. }));
        assert!(matches!(refused(&[2, 0, 1, 0, 0, 7]), CourierError::Damaged));
        assert!(matches!(refused(&[2, 0, 0]), CourierError::Damaged));
        assert!(matches!(refused(&[9, 0, 0, 0, 0]), CourierError::Damaged));
        assert_eq!(PartReader::new(&b""[..]).part(1).unwrap(), None);
    }
}
