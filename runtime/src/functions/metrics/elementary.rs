//! Exponential functions and logarithms that agree with the reference to the last bit.
//!
//! They decide in which bucket a measurement falls when a bound is a power of two, so nearly equal
//! is not good enough. The reference runs on x86-64 with fused multiplication; the methods are
//! Shibata's for the exponential function and those of fdlibm for the others.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// The natural logarithm of 2 in two parts, the first with so few digits that products with small
/// integers are exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// The same, split where the exponential function needs it.
const LN_2_UPPER: f64 = 0.693_147_180_559_662_956_511_601_805_686_950_683_593_75;
const LN_2_LOWER: f64 = 0.282_352_905_630_315_771_225_884_481_750_134_360_255_254_120_68e-12;

/// Where the exponential function leaves the range of doubles.
const OVERFLOW: f64 = 7.097_827_128_933_84e2;

/// `value` times two to the power of `exponent`, rounded once.
pub(super) fn scaled(value: f64, exponent: i64) -> f64 {
    let power = |exponent: i64| f64::from_bits(((exponent + 1023).cast_unsigned()) << 52);
    match exponent {
        -1022..=1023 => value * power(exponent),
        1024.. => value * power(1023) * power((exponent - 1023).min(1023)),
        // The detour keeps the first product exact.
        -1140..=-1023 => value * power(exponent + 128) * power(-128),
        _ => value * 0.0,
    }
}

/// e to the power of `x`.
pub(super) fn exp(x: f64) -> f64 {
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x == f64::NEG_INFINITY {
        return 0.0;
    }
    if x > OVERFLOW {
        return f64::INFINITY;
    }
    let doublings = (LOG2_E * x).round_ties_even().max(f64::from(i32::MIN));
    // e^x = (1 + y)^16 * 2^doublings, where y = e^rest - 1.
    let rest = (-LN_2_LOWER).mul_add(doublings, (-LN_2_UPPER).mul_add(doublings, x)) * 0.0625;
    let terms = [
        1.984_126_984_126_984e-4,
        1.388_888_888_888_889e-3,
        8.333_333_333_333_333e-3,
        4.166_666_666_666_666_4e-2,
        1.666_666_666_666_666_6e-1,
        0.5,
        1.0,
    ];
    let series =
        terms.iter().fold(2.480_158_730_158_73e-5, |sum: f64, term| sum.mul_add(rest, *term));
    let mut y = rest * series;
    for _ in 0..3 {
        y *= y + 2.0;
    }
    y = y.mul_add(y + 2.0, 1.0);
    // The reference flushes what is far below the smallest normal number, and rounds the rest twice.
    let biased = doublings as i64 + 1023;
    match biased {
        2047.. => f64::INFINITY,
        1.. => y * f64::from_bits(biased.cast_unsigned() << 52),
        -52..=0 => y * f64::from_bits((biased + 1022).cast_unsigned() << 52) * f64::MIN_POSITIVE,
        _ => 0.0,
    }
}

/// Two to the power of `x`.
pub(super) fn exp2(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x > 1.023_999_999_999_999_9e3 {
        return f64::INFINITY;
    }
    if x < -1.074e3 {
        return 0.0;
    }
    let whole = (x + 0.5_f64.copysign(x)).trunc();
    let rest = x - whole;
    let (high, low) = (rest * LN_2_HIGH, -rest * LN_2_LOW);
    let r = high - low;
    let t = r * r;
    let terms = [
        -1.653_390_220_546_525_2e-6,
        6.613_756_321_437_934e-5,
        -2.777_777_777_701_559_3e-3,
        1.666_666_666_666_666_6e-1,
    ];
    let series = terms.iter().fold(4.138_136_797_057_238_5e-8, |sum, term| term + t * sum);
    let c = r - t * series;
    scaled(1.0 - ((low - (r * c) / (2.0 - c)) - high), whole as i64)
}

/// The logarithm of a positive number to the base 2.
pub(super) fn log2(x: f64) -> f64 {
    if !x.is_finite() {
        return x;
    }
    let (fraction, exponent) = split(x);
    if fraction == 0.5 {
        return exponent - 1.0;
    }
    log(fraction) * (1.0 / LN_2) + exponent
}

/// A positive number as a fraction from a half up to one, and a power of two.
fn split(x: f64) -> (f64, f64) {
    let (x, moved) = if x < f64::MIN_POSITIVE { (x * scaled(1.0, 52), 52.0) } else { (x, 0.0) };
    let bits = x.to_bits();
    let exponent = f64::from(((bits >> 52) & 0x7ff) as u32) - 1022.0 - moved;
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent)
}

/// The natural logarithm of a fraction from a half up to one.
fn log(fraction: f64) -> f64 {
    let halved = fraction <= SQRT_2 / 2.0;
    let k = if halved { -1.0 } else { 0.0 };
    let f = fraction * if halved { 2.0 } else { 1.0 } - 1.0;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let odd = [2.857_142_874_366_239e-1, 6.666_666_666_666_735e-1];
    let odd =
        odd.iter().fold(1.818_357_216_161_805e-1 + s4 * 1.479_819_860_511_658_6e-1, |sum, term| {
            term + s4 * sum
        });
    let even = [2.222_219_843_214_978_4e-1, 3.999_999_999_940_942e-1];
    let even = even.iter().fold(1.531_383_769_920_937_3e-1, |sum, term| term + s4 * sum);
    let remainder = s2 * odd + s4 * even;
    let half = 0.5 * f * f;
    k * LN_2_HIGH - ((half - (s * (half + remainder) + k * LN_2_LOW)) - f)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arguments and results of the reference, as bits; those of the platform mostly differ.
    const EXP: &[(u64, u64)] = &[
        (0xc017ce2667270dad, 0x3f6551a4ca5d9212),
        (0xc00412829cd6ca5a, 0x3fb4d31ed2ef58b1),
        (0x3fc609027e7d7ad2, 0x3ff301753c5ef074),
        (0x40629985dfc97a2c, 0x4d5972fe7f3e64b4),
        (0x401f7332fdd5f289, 0x40a44c02aba1c701),
        (0xc08691c49754938b, 0x000000010a03820d),
        (0xc08681707a366448, 0x0000000800000000),
        (0xc0958b506cfb2890, 0x0000000000000000),
        (0x409484549442794a, 0x7ff0000000000000),
    ];
    const EXP2: &[(u64, u64)] = &[
        (0x407b5953543f943a, 0x5b47f6fc119aa8be),
        (0x4073987ddcdd03f5, 0x53871d51edf9267a),
        (0xc081ba18f11ea97b, 0x1c7aaeb79af77f7a),
        (0xc0171102a8f22a7e, 0x3f92cf3a473be392),
        (0xc08753da9100b77b, 0x1146ea798a75ee8c),
    ];
    const LOG2: &[(u64, u64)] = &[
        (0x3fd3d8a1677ae2d0, 0xbffb06ff26aa8922),
        (0x3fedff2ebeffbb3c, 0xbfb7e014d9c1cc0c),
        (0x3ff07591392f98a3, 0x3fa4e73433384040),
        (0x3fe26571eaffd4ee, 0xbfe98e9c9ef457c1),
        (0x3ffaf3329b6de9de, 0x3fe81220c0d60ed8),
        (0x000afe87623751c5, 0xc08ff454a0c6e8c1),
        (0x000fafb9a5e13caa, 0xc08ff03a7b22572c),
    ];
    const SCALED: &[(u64, u64)] = &[
        (0xc090480000000000, 0x00000000b17217f8),
        (0xc090740000000000, 0x0000000000162e43),
        (0xc090cc0000000000, 0x0000000000000000),
        (0x4096040000000000, 0x7ff0000000000000),
        (0x40975c0000000000, 0x7ff0000000000000),
    ];

    fn agree(cases: &[(u64, u64)], function: impl Fn(f64) -> f64) {
        for (x, wanted) in cases {
            let (x, got) = (f64::from_bits(*x), function(f64::from_bits(*x)));
            assert_eq!(got.to_bits(), *wanted, "{x} gives {got}");
        }
    }

    #[test]
    fn results_are_those_of_the_reference() {
        agree(EXP, exp);
        agree(EXP2, exp2);
        agree(LOG2, log2);
        agree(SCALED, |exponent| scaled(LN_2, exponent as i64));
    }

    #[test]
    fn what_is_not_finite_stays_so() {
        for function in [exp, exp2, log2] {
            assert!(function(f64::NAN).is_nan());
            assert_eq!(function(f64::INFINITY), f64::INFINITY);
        }
        assert_eq!((exp(f64::NEG_INFINITY), exp2(f64::NEG_INFINITY)), (0.0, 0.0));
        assert_eq!((exp(-1e300), exp2(1e300)), (0.0, f64::INFINITY));
        assert_eq!((log2(8.0), exp(0.0), exp2(-1.0)), (3.0, 1.0, 0.5));
    }
}
