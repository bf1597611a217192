//! How much a file may become in memory. A few kilobytes can unfold to gigabytes: packed zeros, one cell at the far
//! corner of a sheet, a header of a million names. Such a file is refused whole; nothing is cut off.

use crate::{Cell, TableError};

/// As wide as a sheet of Excel.
const COLUMNS: usize = 16_384;
/// Bytes of all cells together, of the texts in them and of the table around them. A million rows of twenty columns
/// take about half of it.
const BYTES: usize = 1 << 30;

/// What is left for a table that is being read.
pub struct Room {
    left: usize,
}

impl Room {
    pub fn new() -> Self {
        Self { left: BYTES }
    }

    /// # Errors
    /// `TooWide`.
    pub fn for_columns(count: usize) -> Result<(), TableError> {
        if count <= COLUMNS { Ok(()) } else { Err(TableError::TooWide { most: COLUMNS }) }
    }

    /// Takes what a row needs that has `width` cells once it is filled up.
    ///
    /// # Errors
    /// `TooLarge`.
    pub fn take<'c>(
        &mut self,
        cells: impl IntoIterator<Item = &'c Cell>,
        width: usize,
    ) -> Result<(), TableError> {
        let texts: usize = cells.into_iter().map(text_of).sum();
        let bytes = width.saturating_mul(size_of::<Cell>()).saturating_add(texts);
        self.left = self.left.checked_sub(bytes).ok_or(TableError::TooLarge)?;
        Ok(())
    }
}

fn text_of(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) | Cell::Number(text) => text.len(),
        Cell::List(texts) => texts.iter().map(|text| text.len() + size_of::<String>()).sum(),
        Cell::Empty | Cell::Flag(_) | Cell::Date(_) | Cell::Time(_) => 0,
    }
}
