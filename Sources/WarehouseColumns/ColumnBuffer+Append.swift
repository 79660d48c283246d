extension ColumnBuffer {
    /// Appends rows `range` of `vector` (any form; its physical type, or for integers one no wider: the buffer widens
    /// where the vector is the wider).
    public func append(_ vector: Vector, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if vector.form == .flat { return appendFlat(vector, range) }
        if let dictionary = numbers(of: vector) { return appendCodes(vector, dictionary, range) }
        let flat = Vector(vector.physicalType, capacity: vector.count, child: vector.valueHolder.child
            .map { Vector($0.physicalType) })
        flat.fillFlat(from: vector)
        flat.clearOwnersKeptByDictionary(vector, in: self)
        appendFlat(flat, range, keepsViews: vector.form == .dictionary && vector.physicalType == .string)
    }

    public func append(_ vector: Vector) { append(vector, 0..<vector.count) }

    /// Whether appending a part of `vector` costs no more than that part: other forms are made flat as a whole.
    public func copiesRange(of vector: Vector) -> Bool { vector.form == .flat || numbers(of: vector) != nil }

    /// The dictionary of coded doubles, which are looked up on the way.
    private func numbers(of vector: Vector) -> Vector? {
        guard vector.form == .dictionary, physicalType == .double, vector.physicalType == .double,
              let dictionary = vector.dictionary, dictionary.count > 0 else { return nil }
        return dictionary
    }

    /// Appends the chosen rows.
    public func append(_ vector: Vector, selection: UnsafeBufferPointer<Int32>) {
        guard !selection.isEmpty else { return }
        let picked = Vector(vector.physicalType, capacity: selection.count, child: vector.valueHolder.child
            .map { Vector($0.physicalType) })
        picked.gather(vector, selection)
        append(picked)
    }

    /// Appends all of another buffer.
    public func append(_ other: ColumnBuffer) {
        let window = Vector(other.physicalType, child: nil)
        other.fill(window, from: 0, count: other.count)
        append(window)
    }

    private func appendFlat(_ vector: Vector, _ range: Range<Int>, keepsViews: Bool = false) {
        let rows = range.count
        if vector.physicalType != physicalType { matchWidth(vector) }
        reserve(rows)
        let start = count
        switch physicalType {
        case .list: appendLists(vector, range)
        case .string where !keepsViews: appendStrings(vector, range)
        case _ where vector.physicalType != physicalType: appendNarrower(vector, range)
        default:
            let stride = physicalType.stride
            (values + start * stride).copyMemory(from: vector.values + range.lowerBound * stride, byteCount: rows * stride)
        }
        appendValidity(of: vector, range)
    }

    /// Counts rows whose values are written.
    private func appendValidity(of vector: Vector, _ range: Range<Int>) {
        let start = count, rows = range.count
        guard let words = vector.validity else { return commit(rows) }
        let target = presentValidity(forRows: start + rows)
        ValidityWords.copy(words, from: range.lowerBound, to: target, at: start, count: rows)
        var nulls = 0
        for row in start..<(start + rows) where !ValidityWords.isValid(target, row) { nulls += 1 }
        note(rows: rows, nulls: nulls)
    }

    /// The numbers that codes stand for.
    private func appendCodes(_ vector: Vector, _ dictionary: Vector, _ range: Range<Int>) {
        reserve(range.count)
        let start = count, entries = dictionary.doubles, codes = vector.codes + range.lowerBound, to = doubles + start
        for row in 0..<range.count { to[row] = entries[Int(codes[row])] }
        appendValidity(of: vector, range)
    }

    private func matchWidth(_ vector: Vector) {
        precondition(physicalType.isInteger && vector.physicalType.isInteger,
                     "appending \(vector.physicalType) to \(physicalType)")
        if vector.physicalType.rawValue > physicalType.rawValue { widen(to: vector.physicalType) }
    }

    private func appendNarrower(_ vector: Vector, _ range: Range<Int>) {
        var to = count
        for row in range {
            let value = vector.physicalType == .int32 ? Int64(vector.int32s[row]) : vector.int64s[row]
            if physicalType == .int64 { int64s[to] = value } else { int128s[to] = Int128(value) }
            to += 1
        }
    }

    /// Copies the strings' bytes. Views of one value mostly share their bytes (a constant, a branch of a CASE, an entry
    /// of a dictionary): these are copied once, and the views appended share them again.
    private func appendStrings(_ vector: Vector, _ range: Range<Int>) {
        let from = vector.strings, to = strings + count, slotCount = 32
        withUnsafeTemporaryAllocation(of: (source: StringView, copy: StringView).self, capacity: slotCount) { recent in
            recent.initialize(repeating: (.empty, .empty))
            for (index, row) in range.enumerated() {
                let view = from[row]
                guard view.length > 0 else {
                    to[index] = .empty
                    continue
                }
                let address = UInt(bitPattern: view.bytes)
                let slot = Int(truncatingIfNeeded: (address ^ address >> 5 ^ address >> 11) & UInt(slotCount - 1))
                if recent[slot].source.bytes != view.bytes || recent[slot].source.length != view.length {
                    recent[slot] = (view, arena.copy(view))
                }
                to[index] = recent[slot].copy
            }
        }
    }

    private func appendLists(_ vector: Vector, _ range: Range<Int>) {
        guard let elements = vector.child, let child else { return }
        let base = vector.offsets[range.lowerBound], end = vector.offsets[range.upperBound]
        let shift = Int32(child.count) - base
        child.append(elements, Int(base)..<Int(end))
        for (index, row) in range.enumerated() { offsets[count + index + 1] = vector.offsets[row + 1] + shift }
    }

    /// A flat vector over rows `start ..< start + rows` of this buffer, without copying values. The vector keeps the
    /// buffer alive; the buffer must not grow meanwhile.
    public func fill(_ vector: Vector, from start: Int, count rows: Int) {
        precondition(vector.physicalType == physicalType && start + rows <= count)
        vector.borrowFlat(values + start * physicalType.stride, count: rows, owner: self)
        vector.owners = [self]
        if physicalType == .list, let child {
            let elements = Vector(child.physicalType)
            child.fill(elements, from: 0, count: child.count)
            vector.setChild(elements)
        }
        if let words = validity {
            ValidityWords.copy(words, from: start, to: vector.makeValidity(), at: 0, count: rows)
            vector.normalizeValidity()
        }
    }

    /// The whole buffer as one vector.
    public func vector() -> Vector {
        let result = Vector(physicalType, capacity: 1)
        fill(result, from: 0, count: count)
        return result
    }
}

extension Vector {
    /// The dictionary's strings are immutable: the buffer keeps the dictionary and need not copy its bytes.
    func clearOwnersKeptByDictionary(_ source: Vector, in buffer: ColumnBuffer) {
        guard let dictionary = source.dictionary, physicalType == .string else { return }
        buffer.retain(dictionary)
    }
}
