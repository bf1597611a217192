//! The check digit schemes several standards share: weighted sums, Luhn, ISO 7064.
//! Which scheme and weights a number uses is said where the number is read.

/// The sum of each value times its weight, as far as the shorter of the two goes.
pub(super) fn weighted(values: &[u32], weights: &[u32]) -> u32 {
    values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// The number the digits make, modulo `modulus`.
pub(super) fn remainder(digits: &[u32], modulus: u32) -> u32 {
    digits.iter().fold(0, |rest, digit| (rest * 10 + digit) % modulus)
}

/// Luhn's formula over values of base `base` (10 for digits), the check digit last.
///
/// Source: ISO/IEC 7812-1, annex B: from the right every second value is doubled, the digits of each
/// product are added, and the sum is a multiple of the base.
pub(super) fn luhn(values: &[u32], base: u32) -> bool {
    let sum: u32 = values
        .iter()
        .rev()
        .zip([1, 2].iter().cycle())
        .map(|(value, by)| value * by / base + value * by % base)
        .sum();
    sum.is_multiple_of(base)
}

/// ISO 7064 MOD 11,10: the pure hybrid system with one check digit, last.
pub(super) fn mod_11_10(digits: &[u32]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + check) % 10 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_takes_the_example_of_the_standard() {
        assert!(luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3], 10));
        assert!(!luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 0], 10));
    }

    #[test]
    fn mod_11_10_takes_the_example_of_the_standard() {
        assert!(mod_11_10(&[0, 7, 9, 4, 5]));
        assert!(!mod_11_10(&[0, 7, 9, 4, 6]));
        assert!(!mod_11_10(&[]));
    }

    #[test]
    fn every_single_wrong_digit_is_noticed() {
        let right = [7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3];
        for place in 0..right.len() {
            for digit in (0..10).filter(|digit| *digit != right[place]) {
                let mut wrong = right;
                wrong[place] = digit;
                assert!(!luhn(&wrong, 10), "{wrong:?}");
            }
        }
    }

    #[test]
    fn a_remainder_is_that_of_the_whole_number() {
        assert_eq!(remainder(&[1, 2, 3, 4, 5, 6, 7, 8, 9], 97), 123_456_789 % 97);
    }
}
