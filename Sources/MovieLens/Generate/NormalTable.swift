/// 4,096 equally likely values of the standard normal distribution as fixed-point numbers with 12 fraction bits, so
/// that a draw is one look-up of 12 random bits.
enum NormalTable {
    static let fractionBits = 12
    static let one = 1 << fractionBits

    static let values: FixedTable<Int32> = {
        let table = FixedTable<Int32>(repeating: 0, count: 4096)
        for index in 0..<2048 {
            let quantile = DeterministicMath.inverseNormal((Double(index) + 0.5) / 4096)
            let fixed = Int32((quantile * Double(one)).rounded())
            table[index] = fixed
            table[4095 - index] = -fixed
        }
        return table
    }()
}
