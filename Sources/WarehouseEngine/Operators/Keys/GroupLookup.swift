import WarehouseBasics
import WarehouseColumns

/// Finds keys in a `GroupTable` that is complete. One thread at a time; any number of look-ups at once.
final class GroupLookup {
    private let encoder: KeyEncoder
    private let index: KeyIndex
    private let combiners: [HashKeyIndex128]
    private let nullGroup: Int32
    private var combinedIDs: [Int32] = []
    private var combined: [UInt64] = []

    init(encoder: KeyEncoder, index: KeyIndex, combiners: [HashKeyIndex128], nullGroup: Int32) {
        self.encoder = encoder
        self.index = index
        self.combiners = combiners
        self.nullGroup = nullGroup
    }

    /// Gives each row its key's number, -1 where the table has no such key or where the key is null in a column whose
    /// `nullsEqual` is false.
    func find(_ keys: [Vector], rows: Int, nullsEqual: [Bool], into ids: UnsafeMutablePointer<Int32>) throws {
        guard rows > 0 else { return }
        if findDirectly(keys[0], rows: rows, into: ids) { return }
        try encoder.encode(keys, rows: rows, nullsEqual: nullsEqual)
        if combiners.isEmpty {
            index.find(KeyCodes(first: encoder.word(0), second: encoder.word(1)), rows: rows, into: ids)
        } else {
            findFolded(rows: rows, into: ids)
        }
        if encoder.leavesNullsOut {
            if nullGroup >= 0 {
                for row in 0..<rows where ids[row] >= nullGroup { ids[row] &+= 1 }
            }
            if let validity = keys[0].flatValidity(rows: rows) {
                for row in 0..<rows where validity[row >> 6] >> UInt64(row & 63) & 1 == 0 { ids[row] = nullGroup }
            }
        }
        let absent = encoder.absent
        for row in 0..<rows where absent[row] != 0 { ids[row] = -1 }
    }

    /// One integer column of a small domain, without nulls, needs no codes: a look-up a row, or a run. False when it is
    /// another case. A join of 20 million ratings to their movies takes 30 ms less of 75.
    private func findDirectly(_ key: Vector, rows: Int, into ids: UnsafeMutablePointer<Int32>) -> Bool {
        guard encoder.forms.count == 1, let dense = index as? DenseKeyIndex, !encoder.fields[0].isZoned, !key.hasNulls,
              case .ranged(let low, let span, _) = encoder.forms[0], let low = Int64(exactly: low) else { return false }
        switch (key.form, key.physicalType) {
        case (.flat, .int32): dense.find(key.int32s, low: low, span: span, rows: rows, into: ids)
        case (.flat, .int64): dense.find(key.int64s, low: low, span: span, rows: rows, into: ids)
        case (.runs, .int32): findRuns(key, key.int32s, dense, low, span, ids)
        case (.runs, .int64): findRuns(key, key.int64s, dense, low, span, ids)
        default: return false
        }
        return true
    }

    private func findRuns<T: FixedWidthInteger>(_ key: Vector, _ values: UnsafePointer<T>, _ dense: DenseKeyIndex,
                                                _ low: Int64, _ span: UInt64, _ ids: UnsafeMutablePointer<Int32>) {
        let ends = key.runEnds
        var row = 0, id: Int32 = -1
        for run in 0..<key.runCount {
            dense.find(values + run, low: low, span: span, rows: 1, into: &id)
            let end = Int(ends[run])
            (ids + row).update(repeating: id, count: end - row)
            row = end
        }
    }

    private func findFolded(rows: Int, into ids: UnsafeMutablePointer<Int32>) {
        if combined.count < rows {
            combined = Array(repeating: 0, count: max(rows, Vector.standardCapacity))
            combinedIDs = Array(repeating: 0, count: combined.count)
        }
        combined.withUnsafeMutableBufferPointer { folded in
            combinedIDs.withUnsafeMutableBufferPointer { numbers in
                guard let folded = folded.baseAddress, let numbers = numbers.baseAddress else { return }
                var codes = KeyCodes(first: encoder.word(0), second: encoder.word(1))
                for (step, combiner) in combiners.enumerated() {
                    combiner.find(codes, rows: rows, into: numbers)
                    for row in 0..<rows {
                        if numbers[row] < 0 { encoder.absent[row] = 1 }
                        folded[row] = UInt64(UInt32(bitPattern: numbers[row]))
                    }
                    codes = KeyCodes(first: folded, second: encoder.word(step + 2))
                }
                index.find(codes, rows: rows, into: ids)
            }
        }
    }
}
