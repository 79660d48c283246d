import WarehouseBasics

/// FLOAT as text, quickly for the values most columns are made of: those with a few digits behind the point.
enum ShortFloat {
    /// As `FloatText.write`, or `FloatText.sql` when `isSQL`.
    @inline(__always)
    static func write(_ value: Double, isSQL: Bool, to out: UnsafeMutablePointer<UInt8>) -> Int {
        let magnitude = value.magnitude
        // No other decimal of at most 15 digits reads back as the same Double, so the one found is the shortest.
        if magnitude < 1e12, value != 0 {
            var unit = 1.0
            for scale in 0...3 {
                let scaled = (value * unit).rounded()
                if scaled / unit == value {
                    return DecimalText.write(Int64(scaled), scale: scale, to: out)
                }
                unit *= 10
            }
        }
        return isSQL ? FloatText.sql(value, to: out) : FloatText.write(value, to: out)
    }
}
