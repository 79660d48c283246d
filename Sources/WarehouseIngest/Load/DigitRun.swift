/// Fields of plain digits, by far the most common numbers, in a loop of its own: nothing else is in the registers' way.
struct DigitRun {
    /// What the starts count from.
    let text: UnsafeRawPointer
    /// Entries from one row's field to the next row's.
    let step: Int
    let shapes: UnsafePointer<UInt8>
    let digits: DigitLanes.Reader
    /// The first number that is too large.
    let limit: UInt64
    /// Only digits as they would be written again.
    let refusesLoss: Bool

    /// Writes the numbers of at most `count` fields; gives how many came before the first that is anything else.
    @inline(never) func convert<T: FixedWidthInteger>(
        _ starts: UnsafePointer<Int32>, _ metas: UnsafePointer<UInt32>, _ out: UnsafeMutablePointer<T>, _ count: Int
    ) -> Int {
        var start = starts, meta = metas, row = 0
        while row < count {
            let word = meta.pointee
            guard FieldShapes.shape(word, shapes) != FieldShapes.Shape.other else { break }
            let length = Int(word >> RecordBlock.FieldFlag.bits), first = text + Int(start.pointee)
            guard let value = digits.number(first + length, length), value < limit else { break }
            if refusesLoss, length > 1, first.load(as: UInt8.self) == UInt8(ascii: "0") { break }
            out[row] = T(truncatingIfNeeded: value)
            row &+= 1
            start += step
            meta += step
        }
        return row
    }
}
