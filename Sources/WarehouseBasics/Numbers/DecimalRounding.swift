/// Rounds decimal numbers to Doubles, exactly: what a loop over many of them holds, so that it looks up no table.
public struct DecimalRounding: @unchecked Sendable {
    // The tables are never written nor freed.
    private let exactPowers = EiselLemire.exactPowers
    private let powersOfFive = PowersOfFive.table

    public init() {}

    /// mantissa × 10^exponent, to the nearest Double, ties to even; nil in the very few cases that take longer
    /// arithmetic (`FloatText.parse`). Infinity on overflow.
    @inline(__always) public func double(_ mantissa: UInt64, exponent: Int) -> Double? {
        EiselLemire.clinger(mantissa, exponent, exactPowers) ?? general(mantissa, exponent)
    }

    @inline(never) private func general(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        EiselLemire.compute(mantissa, exponent, powersOfFive, isDoubtAccepted: false)
    }
}
