extension Vector {
    /// The same rows as a flat vector: `self` when it is flat already, else `scratch`, filled.
    /// `scratch` must have the same physical type (and, for lists, is given this vector's child).
    public func flattened(into scratch: Vector) -> Vector {
        guard form != .flat else { return self }
        scratch.fillFlat(from: self)
        return scratch
    }

    /// Writes the rows of `source` (any form) as flat values into this vector. String bytes are not copied: the
    /// owners are.
    public func fillFlat(from source: Vector) {
        precondition(source.physicalType == physicalType)
        let rows = source.count
        beginFlat(rows)
        takeOwners(of: source)
        switch physicalType.stride {
        case _ where physicalType == .list: fillFlatList(from: source)
        case 1: expand(source, as: UInt8.self)
        case 4: expand(source, as: Int32.self)
        case 8: expand(source, as: Int64.self)
        default: expand(source, as: Int128.self)
        }
        copyValidity(of: source, rows: rows)
    }

    /// Adds everything that keeps `source`'s string bytes alive to this vector's owners.
    public func takeOwners(of source: Vector) {
        guard physicalType == .string || physicalType == .list else { return }
        func take(_ vector: Vector) {
            owners.append(contentsOf: vector.owners)
            if let arena = vector.arenaIfUsed { owners.append(arena) }
            // A borrowed or owned value buffer of a dictionary may itself own the bytes.
            if let dictionary = vector.dictionary { owners.append(dictionary) }
        }
        take(source)
    }

    private func copyValidity(of source: Vector, rows: Int) {
        guard let words = source.validity, rows > 0 else { return }
        if source.form == .constant {
            if !ValidityWords.isValid(words, 0) {
                makeValidity().update(repeating: 0, count: (rows + 63) >> 6)
            }
        } else {
            let target = makeValidity()
            ValidityWords.copy(words, from: 0, to: target, at: 0, count: rows)
        }
    }

    private func expand<T: BitwiseCopyable>(_ source: Vector, as type: T.Type) {
        let rows = source.count
        let target = values.assumingMemoryBound(to: T.self)
        switch source.form {
        case .flat:
            target.update(from: source.values.assumingMemoryBound(to: T.self), count: rows)
        case .constant:
            target.update(repeating: source.values.load(as: T.self), count: rows)
        case .dictionary:
            guard let dictionary = source.dictionary else { return }
            let entries = dictionary.values.assumingMemoryBound(to: T.self), codes = source.codes
            if dictionary.count == 0 {
                // Every row is null: the codes name no entry.
                values.initializeMemory(as: UInt8.self, repeating: 0, count: rows * physicalType.stride)
                if physicalType == .string { strings.update(repeating: .empty, count: rows) }
                return
            }
            for row in 0..<rows { target[row] = entries[Int(codes[row])] }
        case .runs:
            let entries = source.values.assumingMemoryBound(to: T.self), ends = source.runEnds
            var row = 0
            for run in 0..<source.runCount {
                let value = entries[run], end = Int(ends[run])
                while row < end {
                    target[row] = value
                    row &+= 1
                }
            }
        }
    }

    private func fillFlatList(from source: Vector) {
        let holder = source.valueHolder
        guard let elements = holder.child, let child else { return }
        let gather = child.beginGather(from: elements)
        var total = 0
        for row in 0..<source.count where !source.isNull(row) {
            let index = source.valueIndex(row)
            total += Int(holder.offsets[index + 1]) - Int(holder.offsets[index])
        }
        guard hasRoom(for: total) else {
            offsets.update(repeating: 0, count: source.count + 1)
            return gather.finish()
        }
        total = 0
        for row in 0..<source.count {
            if !source.isNull(row) {
                let index = source.valueIndex(row)
                let range = Int(holder.offsets[index])..<Int(holder.offsets[index + 1])
                gather.append(range)
                total += range.count
            }
            offsets[row + 1] = Int32(total)
        }
        gather.finish()
    }

    func beginGather(from elements: Vector) -> ListGather { ListGather(elements: elements, target: self) }
}

/// Collects element ranges of one child vector into another.
final class ListGather {
    private let elements: Vector
    private let target: Vector
    private var rows: [Int32] = []

    init(elements: Vector, target: Vector) {
        self.elements = elements
        self.target = target
    }

    func append(_ range: Range<Int>) {
        for row in range { rows.append(Int32(row)) }
    }

    func finish() {
        rows.withUnsafeBufferPointer { target.gather(elements, $0) }
    }
}
