import WarehouseColumns

/// AND or OR of two or more terms, three-valued. Terms are evaluated left to right; a term that may raise an error
/// sees only rows the terms before it left open, and so does one for which few rows are open.
final class ConjunctionNode: ExpressionEvaluator {
    private let terms: [SelectedEvaluator]
    /// The value that decides a row: FALSE for AND, TRUE for OR.
    private let deciding: UInt8
    private let output = Vector(.bool)
    private let scratch = Vector(.bool)
    private var openRows: [Int32] = []

    init(_ nodes: [CompiledNode], isAnd: Bool) {
        terms = nodes.map(SelectedEvaluator.init)
        deciding = isAnd ? 0 : 1
    }

    override func evaluate(_ batch: Batch) throws -> Vector {
        let rows = batch.rowCount
        let first = try terms[0].evaluateAll(batch)
        if first.form == .constant, terms.count == 2 || isDecided(first) {
            if isDecided(first) { return first }
            if !first.isNull(0) { return try terms[1].evaluateAll(batch) }
        }
        output.fillFlat(from: first)
        for term in terms.dropFirst() {
            let open = countOpen(rows)
            if open == 0 { break }
            if open < rows, term.canFail || open &* 4 < rows {
                try combineOpen(term, batch, rows)
            } else {
                combine(try term.evaluateAll(batch), rows)
            }
        }
        output.normalizeValidity()
        return output
    }

    private func isDecided(_ vector: Vector) -> Bool { vector.bools[0] == deciding && !vector.isNull(0) }

    /// Rows not decided: NULL, or not the deciding value.
    private func countOpen(_ rows: Int) -> Int {
        let flags = output.bools, flip = deciding ^ 1
        var decided = 0
        if let words = output.validity {
            for row in 0..<rows {
                let equal = UInt64(flags[row] ^ flip)
                decided &+= Int(equal & words[row &>> 6] &>> UInt64(row & 63) & 1)
            }
            return rows &- decided
        }
        // Flags are 0 or 1, so the ones of eight of them are the ones of a word.
        let raw = UnsafeRawPointer(flags)
        var ones = 0, row = 0
        while row &+ 8 <= rows {
            ones &+= raw.loadUnaligned(fromByteOffset: row, as: UInt64.self).nonzeroBitCount
            row &+= 8
        }
        while row < rows {
            ones &+= Int(flags[row])
            row &+= 1
        }
        return deciding == 1 ? rows &- ones : ones
    }

    /// Combines a term known for every row.
    private func combine(_ term: Vector, _ rows: Int) {
        let other = term.flattened(into: scratch)
        let a = output.bools, b = other.bools
        if output.hasNulls || other.hasNulls {
            combineNullable(other, rows)
        } else if deciding == 0 {
            for row in 0..<rows { a[row] &= b[row] }
        } else {
            for row in 0..<rows { a[row] |= b[row] }
        }
    }

    private func combineNullable(_ other: Vector, _ rows: Int) {
        let a = output.bools, b = other.bools
        let words = output.makeValidity(), otherWords = other.validity
        let deciding = deciding
        for row in 0..<rows {
            let bit = UInt64(row & 63), word = row &>> 6
            let validA = UInt8(truncatingIfNeeded: words[word] &>> bit & 1)
            let validB = otherWords.map { UInt8(truncatingIfNeeded: $0[word] &>> bit & 1) } ?? 1
            let decided = ((a[row] ^ deciding ^ 1) & validA) | ((b[row] ^ deciding ^ 1) & validB)
            // Decided, or both known: then neither has the deciding value.
            a[row] = decided == 1 ? deciding : deciding ^ 1
            let valid = UInt64(decided | (validA & validB))
            words[word] = words[word] & ~(1 &<< bit) | valid &<< bit
        }
    }

    private func combineOpen(_ term: SelectedEvaluator, _ batch: Batch, _ rows: Int) throws {
        if openRows.count < rows { openRows = Array(repeating: 0, count: max(rows, Vector.standardCapacity)) }
        try openRows.withUnsafeMutableBufferPointer { buffer in
            guard let open = buffer.baseAddress else { return }
            let count = listOpen(rows, into: open)
            let result = try term.evaluate(batch, UnsafeBufferPointer(start: open, count: count)).flattened(into: scratch)
            let flags = output.bools, values = result.bools, deciding = deciding
            guard output.hasNulls || result.hasNulls else {
                for index in 0..<count where values[index] == deciding { flags[Int(open[index])] = deciding }
                return
            }
            let words = output.makeValidity(), resultWords = result.validity
            for index in 0..<count {
                let row = Int(open[index])
                if let resultWords, !ValidityWords.isValid(resultWords, index) {
                    ValidityWords.setNull(words, row)
                } else if values[index] == deciding {
                    flags[row] = deciding
                    ValidityWords.setValid(words, row)
                }
                // Else the row stays what it was: NULL or not decided.
            }
        }
    }

    /// Rows not decided, ascending.
    private func listOpen(_ rows: Int, into open: UnsafeMutablePointer<Int32>) -> Int {
        let flags = output.bools, deciding = deciding
        var count = 0
        if let words = output.validity {
            for row in 0..<rows where !ValidityWords.isValid(words, row) || flags[row] != deciding {
                open[count] = Int32(truncatingIfNeeded: row)
                count &+= 1
            }
            return count
        }
        for row in 0..<rows {
            open[count] = Int32(truncatingIfNeeded: row)
            count &+= Int(flags[row] ^ deciding)
        }
        return count
    }
}

/// NOT, three-valued.
final class NotKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let from = inputs[0].bools, to = output.bools
        for row in 0..<count { to[row] = from[row] ^ 1 }
    }
}
