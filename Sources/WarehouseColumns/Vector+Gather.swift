import WarehouseBasics

extension Vector {
    /// Fills this vector with rows `selection` of `source`, in that order. A dictionary or a constant stays one;
    /// runs and flat values become flat. An index of -1 gives a null row (the missing side of an outer join).
    public func gather(_ source: Vector, _ selection: UnsafeBufferPointer<Int32>, mayMiss: Bool = false) {
        let rows = selection.count
        if mayMiss { return gatherOuter(source, selection) }
        switch source.form {
        case .constant:
            beginConstant(rows: rows)
            copyOne(source)
        case .dictionary:
            guard let dictionary = source.dictionary else { return }
            beginDictionary(dictionary, count: rows)
            let from = source.codes, to = codes
            for row in 0..<rows { to[row] = from[Int(selection[row])] }
            gatherValidity(source, selection)
        case .runs:
            let flat = Vector(physicalType, capacity: source.count)
            flat.fillFlat(from: source)
            gather(flat, selection)
        case .flat:
            beginFlat(rows)
            takeOwners(of: source)
            gatherFlatValues(source, selection)
            gatherValidity(source, selection)
        }
    }

    private func gatherFlatValues(_ source: Vector, _ selection: UnsafeBufferPointer<Int32>) {
        if physicalType == .list { return gatherLists(source, selection) }
        switch physicalType.stride {
        case 1: pick(source, selection, as: UInt8.self)
        case 4: pick(source, selection, as: Int32.self)
        case 8: pick(source, selection, as: Int64.self)
        default: pick(source, selection, as: Int128.self)
        }
    }

    private func pick<T: BitwiseCopyable>(_ source: Vector, _ selection: UnsafeBufferPointer<Int32>, as type: T.Type) {
        let from = source.values.assumingMemoryBound(to: T.self), to = values.assumingMemoryBound(to: T.self)
        for row in 0..<selection.count { to[row] = from[Int(selection[row])] }
    }

    private func gatherLists(_ source: Vector, _ selection: UnsafeBufferPointer<Int32>) {
        guard let elements = source.child else { return }
        if child == nil || child?.physicalType != elements.physicalType {
            setChild(Vector(elements.physicalType, child: elements.child.map { Vector($0.physicalType) }))
        }
        guard let child else { return }
        let gather = child.beginGather(from: elements)
        var total = 0
        let wanted = selection.reduce(0) { $1 < 0 || source.isNull(Int($1)) ? $0 : $0 + source.elementCount(Int($1)) }
        guard hasRoom(for: wanted) else {
            offsets.update(repeating: 0, count: selection.count + 1)
            return gather.finish()
        }
        for row in 0..<selection.count {
            let index = Int(selection[row])
            if index >= 0, !source.isNull(index) {
                let range = Int(source.offsets[index])..<Int(source.offsets[index + 1])
                gather.append(range)
                total += range.count
            }
            offsets[row + 1] = Int32(total)
        }
        gather.finish()
    }

    /// Elements of the list in `row` of a flat vector.
    fileprivate func elementCount(_ row: Int) -> Int { Int(offsets[row + 1]) - Int(offsets[row]) }

    /// Whether a batch may have so many elements of lists; else the statement ends.
    func hasRoom(for elements: Int) -> Bool {
        guard elements > Int(Int32.max) else { return true }
        Interruption.fail(WarehouseError(
            .limitExceeded, "The lists of a batch of rows have \(elements) elements; at most \(Int32.max) fit."))
        return false
    }

    private func gatherValidity(_ source: Vector, _ selection: UnsafeBufferPointer<Int32>) {
        guard let words = source.validity else { return }
        let target = makeValidity()
        for row in 0..<selection.count where !ValidityWords.isValid(words, Int(selection[row])) {
            ValidityWords.setNull(target, row)
        }
    }

    private func gatherOuter(_ source: Vector, _ selection: UnsafeBufferPointer<Int32>) {
        guard source.form == .flat else {
            let flat = Vector(physicalType, capacity: max(1, source.count), child: source.child)
            if physicalType == .list {
                flat.setChild(Vector(source.valueHolder.child?.physicalType ?? .string))
            }
            flat.fillFlat(from: source)
            return gatherOuter(flat, selection)
        }
        let rows = selection.count
        beginFlat(rows)
        takeOwners(of: source)
        let missing = selection.contains { $0 < 0 }
        if physicalType == .list {
            gatherLists(source, selection)
        } else if missing {
            switch physicalType.stride {
            case 1: pickOuter(source, selection, as: UInt8.self, 0)
            case 4: pickOuter(source, selection, as: Int32.self, 0)
            case 8: pickOuter(source, selection, as: Int64.self, 0)
            default:
                if physicalType == .string { pickOuter(source, selection, as: StringView.self, .empty) }
                else { pickOuter(source, selection, as: Int128.self, 0) }
            }
        } else {
            gatherFlatValues(source, selection)
        }
        guard missing || source.hasNulls else { return }
        let target = makeValidity(), words = source.validity
        for row in 0..<rows {
            let index = Int(selection[row])
            if index < 0 { ValidityWords.setNull(target, row) }
            else if let words, !ValidityWords.isValid(words, index) { ValidityWords.setNull(target, row) }
        }
    }

    private func pickOuter<T: BitwiseCopyable>(
        _ source: Vector, _ selection: UnsafeBufferPointer<Int32>, as type: T.Type, _ absent: T
    ) {
        let from = source.values.assumingMemoryBound(to: T.self), to = values.assumingMemoryBound(to: T.self)
        for row in 0..<selection.count {
            let index = Int(selection[row])
            to[row] = index < 0 ? absent : from[index]
        }
    }

    /// Copies the single value of a constant.
    func copyOne(_ source: Vector) {
        takeOwners(of: source)
        if physicalType == .list {
            guard let elements = source.child else { return }
            if child == nil || child?.physicalType != elements.physicalType { setChild(Vector(elements.physicalType)) }
            guard let child else { return }
            let range = Int(source.offsets[0])..<Int(source.offsets[1])
            let gather = child.beginGather(from: elements)
            gather.append(range)
            gather.finish()
            offsets[0] = 0
            offsets[1] = Int32(range.count)
        } else {
            values.copyMemory(from: source.values, byteCount: physicalType.stride)
        }
        if source.isNull(0) { setNull(0) }
    }
}
