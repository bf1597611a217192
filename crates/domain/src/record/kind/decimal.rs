//! The decimal kinds: their scales, and the 64-bit integer that stands for one of them on a device.

use rust_decimal::Decimal;

use super::read::fault;
use crate::record::Value;
use crate::standards::Fault;

/// The decimal kinds and their scale: `numeric` in Postgres, an integer scaled by 10^scale in SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalKind {
    Amount,
    Price,
    Quantity,
    Percent,
    ExchangeRate,
}

impl DecimalKind {
    /// Digits after the decimal point that are stored.
    pub const fn scale(self) -> u32 {
        match self {
            Self::Amount | Self::Percent => 4,
            Self::Price | Self::Quantity => 6,
            Self::ExchangeRate => 10,
        }
    }
}

/// A decimal that can be stored without losing a digit.
pub(super) fn read(kind: DecimalKind, decimal: Decimal) -> Result<Value, Fault> {
    let decimal = decimal.normalize();
    if decimal.scale() > kind.scale() {
        let scale = kind.scale();
        return Err(fault("too_precise", format!("may have at most {scale} decimal places")));
    }
    match scaled(kind, decimal) {
        Some(_) => Ok(Value::Decimal(decimal)),
        None => Err(fault("out_of_range", "is larger than can be stored")),
    }
}

/// The integer that SQLite stores for a decimal: `decimal × 10^scale`, if it fits 64 bits exactly.
pub fn scaled(kind: DecimalKind, decimal: Decimal) -> Option<i64> {
    let factor = Decimal::from(10_i64.pow(kind.scale()));
    let product = decimal.checked_mul(factor)?;
    if !product.is_integer() {
        return None;
    }
    i64::try_from(product.trunc().mantissa() / 10_i128.pow(product.trunc().scale())).ok()
}

/// The inverse of [`scaled`], normalised: `12500` of an amount is `1.25`.
pub fn unscaled(kind: DecimalKind, int: i64) -> Decimal {
    Decimal::new(int, kind.scale()).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Cell, Kind};

    const AMOUNT: Kind = Kind::Decimal(DecimalKind::Amount);

    #[test]
    fn an_amount_keeps_every_digit_or_is_refused() {
        let read = |text: &str| AMOUNT.read(&Cell::from(text));
        assert_eq!(read("1234.5000"), Ok(Value::Decimal(Decimal::new(12345, 1))));
        assert_eq!(read("0.00005").unwrap_err().rule, "too_precise");
        assert_eq!(read("1e3").unwrap_err().rule, "not_a_number");
        assert_eq!(read("922337203685477.5808").unwrap_err().rule, "out_of_range");
        assert!(read("922337203685477.5807").is_ok());
        assert!(read("-922337203685477.5808").is_ok());
    }

    #[test]
    fn scaled_integers_and_decimals_are_one_number() {
        for int in [0, 1, -1, 10_000, 123_456_789, i64::MAX, i64::MIN] {
            for kind in [DecimalKind::Amount, DecimalKind::Price, DecimalKind::ExchangeRate] {
                assert_eq!(scaled(kind, unscaled(kind, int)), Some(int));
            }
        }
    }
}
