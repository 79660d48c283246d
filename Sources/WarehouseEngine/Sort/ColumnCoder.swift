import WarehouseBasics
import WarehouseColumns

/// Makes a `CodedColumn` of parts on any number of threads, while there are few distinct values. A part goes as soon as
/// its codes are written.
final class ColumnCoder {
    private struct Slot {
        var pattern: UInt64
        /// The code + 1; 0: nothing here.
        var code: Int32
    }
    private static let slotBits: UInt64 = 10
    private static let most = Int(CodedColumn.null)

    private let lock = Monitor()
    private var patterns: [UInt64] = []
    private var hasFailed = false
    private var hasNulls = false

    /// Takes a column of doubles out of parts that hold `rowCount` rows together; nil where it has too many values: then
    /// the parts keep it.
    static func drain(_ column: Int, of parts: [RowBuffer], rowCount: Int, _ context: QueryContext) throws -> CodedColumn? {
        let coder = ColumnCoder(), drained = DrainedParts(parts.map { $0.take(column) })
        let codes = PageMemory.allocate(UInt8.self, count: rowCount)
        var isHandedOver = false
        defer { if !isHandedOver { PageMemory.deallocate(codes, count: rowCount) } }
        try drained.forEach(context) { part, start in coder.code(part, into: codes + start) }
        if coder.hasFailed {
            for (index, part) in parts.enumerated() {
                let range = drained.ranges[index]
                part.put(drained[index] ?? coder.decoded(codes + range.lowerBound, rows: range.count), at: column)
            }
            return nil
        }
        isHandedOver = true
        return coder.coded(codes, count: rowCount)
    }

    /// The column whose codes were all written to `codes`, which go over to it.
    func coded(_ codes: UnsafeMutablePointer<UInt8>, count: Int) -> CodedColumn {
        CodedColumn(codes, count: count, patterns: patterns, hasNulls: hasNulls)
    }

    /// Writes the codes of a part; false where there are too many values, here or in another part. From any thread.
    func code(_ part: ColumnBuffer, into codes: UnsafeMutablePointer<UInt8>) -> Bool {
        guard var known = lock.withLock({ hasFailed ? nil : patterns }) else { return false }
        let before = known.count
        guard write(part, into: codes, &known) else {
            lock.withLock { hasFailed = true }
            return false
        }
        guard let places = lock.withLock({ merge(known, before, hasNulls: part.hasNulls) }) else { return false }
        guard !places.isEmpty else { return true }
        for row in 0..<part.count where codes[row] != CodedColumn.null && codes[row] >= before {
            codes[row] = places[Int(codes[row]) - before]
        }
        return true
    }

    private func write(_ part: ColumnBuffer, into codes: UnsafeMutablePointer<UInt8>, _ known: inout [UInt64]) -> Bool {
        let values = UnsafePointer(part.values.assumingMemoryBound(to: UInt64.self)), validity = part.validity
        let size = 1 << Int(Self.slotBits), shift = 64 - Self.slotBits
        return withUnsafeTemporaryAllocation(of: Slot.self, capacity: size) { slots in
            slots.initialize(repeating: Slot(pattern: 0, code: 0))
            func place(_ pattern: UInt64) -> Int {
                var index = Int(truncatingIfNeeded: (pattern &* 0x9E37_79B9_7F4A_7C15) &>> shift)
                while slots[index].code != 0, slots[index].pattern != pattern { index = (index &+ 1) & (size &- 1) }
                return index
            }
            for (code, pattern) in known.enumerated() {
                slots[place(pattern)] = Slot(pattern: pattern, code: Int32(code) + 1)
            }
            for row in 0..<part.count {
                if let validity, !ValidityWords.isValid(validity, row) {
                    codes[row] = CodedColumn.null
                    continue
                }
                let index = place(values[row])
                if slots[index].code == 0 {
                    guard known.count < Self.most else { return false }
                    known.append(values[row])
                    slots[index] = Slot(pattern: values[row], code: Int32(known.count))
                }
                codes[row] = UInt8(truncatingIfNeeded: slots[index].code &- 1)
            }
            return true
        }
    }

    /// Makes the values from `before` on known to all; gives their codes where those differ from the part's own, nil where
    /// they become too many. Under the lock.
    private func merge(_ known: [UInt64], _ before: Int, hasNulls: Bool) -> [UInt8]? {
        if hasNulls { self.hasNulls = true }
        var places: [UInt8] = [], isSame = true
        for (index, pattern) in known.enumerated().dropFirst(before) {
            let place: Int
            if let found = patterns[before...].firstIndex(of: pattern) {
                place = found
            } else if patterns.count < Self.most {
                place = patterns.count
                patterns.append(pattern)
            } else {
                hasFailed = true
                return nil
            }
            if place != index { isSame = false }
            places.append(UInt8(truncatingIfNeeded: place))
        }
        return isSame ? [] : places
    }

    /// The values of a part that is gone.
    private func decoded(_ codes: UnsafePointer<UInt8>, rows: Int) -> ColumnBuffer {
        let result = ColumnBuffer(.double, capacity: rows)
        result.commit(rows)
        for row in 0..<rows {
            if codes[row] == CodedColumn.null {
                result.doubles[row] = 0
                result.setNull(row)
            } else {
                result.doubles[row] = Double(bitPattern: patterns[Int(codes[row])])
            }
        }
        return result
    }
}
