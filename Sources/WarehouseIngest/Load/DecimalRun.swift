import WarehouseBasics

/// Fields of digits with a point among them, as numbers of a scale: `DigitRun` for those that are not whole.
struct DecimalRun {
    let run: DigitRun
    /// Digits behind the point.
    let scale: Int
    let powers: UnsafePointer<Int64>

    /// Writes the numbers of at most `count` fields; gives how many came before the first that is anything else, or that
    /// has more digits behind the point.
    @inline(never) func convert<T: FixedWidthInteger>(
        _ starts: UnsafePointer<Int32>, _ metas: UnsafePointer<UInt32>, _ out: UnsafeMutablePointer<T>, _ count: Int
    ) -> Int {
        var start = starts, meta = metas, row = 0
        while row < count {
            let word = meta.pointee
            guard FieldShapes.shape(word, run.shapes) != FieldShapes.Shape.other else { break }
            let length = Int(word >> RecordBlock.FieldFlag.bits), first = run.text + Int(start.pointee)
            guard let (digits, fraction) = run.digits.decimal(first + length, length), fraction <= scale else { break }
            let factor = UInt64(truncatingIfNeeded: powers[scale &- fraction])
            let (value, isOver) = digits.multipliedReportingOverflow(by: factor)
            guard !isOver, value < run.limit else { break }
            if run.refusesLoss, first.load(as: UInt8.self) == UInt8(ascii: "0"), hasNeedlessZero(length, fraction) { break }
            out[row] = T(truncatingIfNeeded: value)
            row &+= 1
            start += run.step
            meta += run.step
        }
        return row
    }

    /// Of a text that begins with a zero: whether another digit before the point follows.
    private func hasNeedlessZero(_ length: Int, _ fraction: Int) -> Bool {
        length &- (fraction > 0 ? fraction &+ 1 : 0) > 1
    }
}
